import { Task } from "../../lib/decorators/task.js";
import { equivalence } from "./cases/equivalence.js";

equivalence((method) =>
  Task("program")(method, { kind: "method", name: "run", access: { has: (object: unknown) => object !== undefined } }),
);
