import { hostile } from "./cases/hostile.js";

hostile();
