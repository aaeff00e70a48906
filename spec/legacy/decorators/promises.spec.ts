import { promises } from "../../decorators/cases/promises.js";

promises();
