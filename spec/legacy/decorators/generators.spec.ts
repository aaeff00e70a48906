import { generators } from "../../decorators/cases/generators.js";

generators();
