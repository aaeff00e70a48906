import { describePerRequestScope } from "./per-request.js";

describePerRequestScope("fastify");
