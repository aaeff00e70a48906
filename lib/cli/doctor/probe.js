// `doctor` runs this in the project's folder by `node --eval`, so that packages are found as the program finds them. Two
// lines stand before it: `load`, which is the project's `import` or `require`, and `task`.
/* global load, task */
const SLOT = Symbol.for("respan-instructor.tracing.1");
const report = { warnings: [] };

const ANSWER = {
  id: "probe",
  choices: [
    {
      index: 0,
      finish_reason: "tool_calls",
      message: {
        role: "assistant",
        tool_calls: [{ id: "call", type: "function", function: { name: "Probe", arguments: '{"ok":true}' } }],
      },
    },
  ],
};

/** What is known of OpenTelemetry before a probe changes it. */
async function look() {
  const { trace, diag, DiagLogLevel } = await load("@opentelemetry/api");
  report.hasTelemetry = globalThis[SLOT]?.tracing !== undefined;
  const provider = trace.getTracerProvider();
  const isProxy = typeof provider.getDelegateTracer === "function";
  if (!isProxy || provider.getDelegateTracer("respan-instructor") !== undefined) {
    const holder = isProxy ? provider.getDelegate() : provider;
    report.provider = String(holder.constructor.name).replace(/^_+/, "");
  }
  const hear = (...words) => report.warnings.push(words.join(" "));
  const ignore = () => undefined;
  const logger = { error: hear, warn: hear, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

/** A structured call of the program's own Instructor against a client that answers by itself. */
async function call() {
  const { RespanTelemetry } = await load("respan-instructor");
  report.spans = [];
  const exporter = {
    export(spans, done) {
      report.spans.push(...spans.map(({ name }) => name));
      done({ code: 0 });
    },
    shutdown: async () => undefined,
  };
  const telemetry = new RespanTelemetry({ apiKey: "probe", exporter, isEnabled: true });
  const loaded = await load("@instructor-ai/instructor");
  const Instructor = loaded.default?.default ?? loaded.default ?? loaded;
  const { z } = await load("zod/v3");
  const client = Instructor({ client: { chat: { completions: { create: async () => ANSWER } } }, mode: "TOOLS" });
  await client.chat.completions.create({
    model: "probe",
    messages: [{ role: "user", content: "probe" }],
    response_model: { schema: z.object({ ok: z.boolean() }), name: "Probe" },
  });
  await telemetry.flush();
}

/** One span, by the program's own settings. */
async function send() {
  const { RespanTelemetry, withWorkflow } = await load("respan-instructor");
  const telemetry = new RespanTelemetry();
  await withWorkflow({ name: "respan_instructor_doctor" }, () => "sent by respan-instructor doctor");
  report.delivery = await telemetry.flush();
}

async function main() {
  try {
    await look();
    await (task === "send" ? send() : call());
  } catch (error) {
    report.error = error instanceof Error ? error.message : String(error);
  }
  // Not stdout: a module that the program loads first may write there.
  (await load("node:fs")).writeSync(3, JSON.stringify(report));
  process.exit(0);
}

void main();
