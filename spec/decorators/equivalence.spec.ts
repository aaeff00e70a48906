import { Task } from "../../lib/decorators/decorators.js";
import { equivalence } from "./cases/equivalence.js";

equivalence((method) => {
  // What it returns is for the runtime that applies decorators; its type is `void`.
  const decorate = Task("program") as unknown as (...call: unknown[]) => unknown;
  return decorate(method, { kind: "method", name: "run", access: { has: () => true } }) as () => unknown;
});
