import { Task } from "../../../lib/decorators/decorators.js";
import { equivalence } from "../../decorators/cases/equivalence.js";

equivalence((method) => {
  // What it returns is for the runtime that applies decorators; its type is `void`.
  const decorate = Task("program") as unknown as (...call: unknown[]) => unknown;
  const descriptor = decorate({}, "run", { value: method, writable: true, configurable: true });
  return (descriptor as { readonly value: () => unknown }).value;
});
