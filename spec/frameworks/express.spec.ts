import { describePerRequestScope } from "./per-request.js";

describePerRequestScope("express");
