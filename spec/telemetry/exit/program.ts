/** A program that ends in one of several ways: `program.ts WAY COUNT FLUSH-TIMEOUT`. RESPAN_* variables say where its spans go. */
import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { SpanKind } from "@opentelemetry/api";
import { openSpan } from "../../../lib/scope/open-span.js";
import { scopeOf } from "../../../lib/scope/standing-scope.js";
import { slot } from "../../../lib/scope/tracing.js";
import { RespanTelemetry } from "../../../lib/telemetry/respan-telemetry.js";

const [way = "", count = "0", flushTimeout = "10000"] = process.argv.slice(2);
const telemetry = new RespanTelemetry({
  isAutoInstrument: false,
  timeoutMillis: 3_600_000,
  flushTimeoutMillis: Number(flushTimeout),
});

function open(name: string) {
  const tracing = slot.tracing;
  if (tracing === undefined) return undefined;
  const context = tracing.contexts.active();
  const scope = scopeOf(context, tracing.defaults);
  return openSpan(tracing, context, scope, { name, kind: SpanKind.INTERNAL, attributes: {}, decide: undefined });
}

for (let at = 0; at < Number(count); at++) open(`span ${at}`)?.end();

const ways: Record<string, () => unknown> = {
  normal: () => undefined,
  idle: () => {
    createServer().listen(0, "127.0.0.1");
    setTimeout(() => open("before it waits")?.end(), 100);
    // The next event: what is sent only then is lost.
    setTimeout(() => process.exit(), 3_000);
  },
  "work at the end": () => {
    let rounds = 0;
    process.on("beforeExit", () => {
      if (rounds++ < 3) setTimeout(() => open(`late ${rounds}`)?.end(), 10);
    });
  },
  "open at the end": () => void open("never ended"),
  "ended by a listener": () => {
    const span = open("ended by the program");
    process.once("beforeExit", () => {
      setTimeout(() => {
        span?.set({ finished: true });
        span?.end();
      }, 10);
    });
  },
  workers: () => {
    for (const name of ["one", "two"]) {
      new Worker(__filename, { argv: ["normal", count, flushTimeout], name });
    }
  },
  "exit after flush": async () => {
    await telemetry.flush();
    process.exit(3);
  },
  "exit without flush": () => process.exit(3),
  "uncaught exception, handled": () => {
    process.once("uncaughtException", () => void telemetry.shutdown().then(() => process.exit(4)));
    throw new Error("the program's own");
  },
  SIGTERM: () => {
    const work = setInterval(() => undefined, 1_000);
    process.once("SIGTERM", () => {
      clearInterval(work);
      void telemetry.shutdown().then(() => process.exit(0));
    });
    open("running when the signal came");
    process.stdout.write("ready\n");
  },
};
void ways[way]?.();
