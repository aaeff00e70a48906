import { trace } from "@opentelemetry/api";
import { Task, Workflow } from "../../lib/decorators/decorators.js";
import { slot } from "../../lib/scope/tracing.js";
import type { InProcess } from "../scope/in-process.js";

/** Methods that give whatever is made for them, in spans of their own. */
class Desk {
  @Task() give<Result>(make: () => Result): Result {
    return make();
  }
  @Task() async later<Result>(make: () => Result): Promise<Result> {
    return make();
  }
  /** Passes on what another gives. */
  @Workflow() handOn<Result>(make: () => Result): Result {
    return this.give(make);
  }
}

export const desk = new Desk();

/** The outputs of the spans that have ended. */
export const outputsOf = ({ spans }: InProcess): unknown[] =>
  spans.map(({ attributes }) => attributes["traceloop.entity.output"]);

/** The span that work runs in. */
export const active = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;

/** Ends what is open, as the end of telemetry does. */
export function endOpen(): void {
  for (const open of slot.tracing!.open) open.end();
}
