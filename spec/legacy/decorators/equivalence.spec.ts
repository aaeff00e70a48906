import { Task } from "../../../lib/decorators/task.js";
import { equivalence } from "../../decorators/cases/equivalence.js";

equivalence((method) => {
  const descriptor = Task("program")({}, "run", { value: method, writable: true, configurable: true });
  return descriptor.value!;
});
