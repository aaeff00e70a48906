import { promises } from "./cases/promises.js";

promises();
