import { options } from "../../decorators/cases/options.js";

options();
