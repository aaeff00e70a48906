import { hostile } from "../../decorators/cases/hostile.js";

hostile();
