import type { DiagLogger } from "@opentelemetry/api";
import { diag, DiagLogLevel, SpanKind } from "@opentelemetry/api";
import type { OpenSpan } from "../../lib/scope/open-span.js";
import { contextWithin, openSpan } from "../../lib/scope/open-span.js";
import type { AttributeMap, Scope } from "../../lib/scope/scope.js";
import { stamp } from "../../lib/scope/scope.js";
import { scopeOf } from "../../lib/scope/standing-scope.js";
import type { Tracing } from "../../lib/scope/tracing.js";
import { slot } from "../../lib/scope/tracing.js";
import { BACKOFF } from "../../lib/telemetry/delivery/http-transport.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { RespanTelemetryOptions } from "../../lib/telemetry/telemetry-options.js";
import type { OTLPReceiver } from "../harness/index.js";

/** The tracing that decorators would use now. */
export function activeTracing(): Tracing {
  if (slot.tracing === undefined) throw new Error("no telemetry is active");
  return slot.tracing;
}

/** Opens one of our spans where the code stands. */
export function open(name: string, attributes: AttributeMap = {}): OpenSpan {
  const tracing = activeTracing();
  const context = tracing.contexts.active();
  const scope = scopeOf(context, tracing.defaults);
  const all = { ...attributes };
  stamp(all, scope);
  const span = openSpan(tracing, context, scope, {
    name,
    kind: SpanKind.INTERNAL,
    attributes: all,
    decide: undefined,
  });
  if (span === undefined) throw new Error("no span was opened");
  return span;
}

/** Opens and ends our spans. */
export function record(...names: string[]): void {
  for (const name of names) open(name).end();
}

/** Runs `fn` within one of our spans, as a decorated method would. */
export function within<R>(name: string, fn: () => R, inner: Partial<Scope> = {}): R {
  const tracing = activeTracing();
  const context = tracing.contexts.active();
  const span = open(name);
  const scope: Scope = { ...scopeOf(context, tracing.defaults), open: span, gate: span, remote: undefined, ...inner };
  const result = tracing.contexts.with(contextWithin(span, context, scope), fn);
  if (result instanceof Promise) return result.finally(() => span.end()) as R;
  span.end();
  return result;
}

/** Telemetry that sends to a local receiver, with nothing of Instructor's in it. */
export function telemetryTo(receiver: OTLPReceiver, options: RespanTelemetryOptions = {}): RespanTelemetry {
  return new RespanTelemetry({ apiKey: "key", baseUrl: receiver.url, isAutoInstrument: false, ...options });
}

const variablesBefore = new Map<string, string | undefined>();

/** Sets environment variables until the test is over; `undefined` unsets one. */
export function setVariables(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!variablesBefore.has(name)) variablesBefore.set(name, process.env[name]);
    setVariable(name, value);
  }
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}

const backoffBefore = { ...BACKOFF };

/** Makes retries come quickly until the test is over. */
export function retryAfter(millis: number): void {
  Object.assign(BACKOFF, { initialMillis: millis, maxMillis: millis * 2 });
}

afterEach(() => {
  for (const [name, value] of variablesBefore) setVariable(name, value);
  variablesBefore.clear();
  Object.assign(BACKOFF, backoffBefore);
});

/** A program's own logger, which keeps its messages. */
export class HostLogger implements Disposable {
  readonly warnings: string[] = [];
  readonly errors: string[] = [];

  constructor() {
    const quiet = (): void => undefined;
    const logger: DiagLogger = {
      error: (message) => void this.errors.push(message),
      warn: (message) => void this.warnings.push(message),
      info: quiet,
      debug: quiet,
      verbose: quiet,
    };
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  }

  [Symbol.dispose](): void {
    diag.disable();
  }
}
