import { options } from "./cases/options.js";

options();
