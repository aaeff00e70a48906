import { generators } from "./cases/generators.js";

generators();
