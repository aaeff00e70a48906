import { randomBytes } from "node:crypto";
import { median, startDev, timed } from "./dev-process.mjs";

const CALLS = 5_000;
const BATCH = 500;
const MODELS = ["gpt-4o-mini", "gpt-4o", "gpt-4.1", "own-model"];

const text = (key, stringValue) => ({ key, value: { stringValue } });
const whole = (key, intValue) => ({ key, value: { intValue: String(intValue) } });

/** A structured call of two attempts, the first of which fails in two fields. */
function call(number) {
  const start = BigInt(Date.now() - number * 1_000) * 1_000_000n;
  const model = MODELS[number % MODELS.length];
  const path = ["lines", number % 20, `field_${number % 30}`];
  const attempt = (at, outcome, issues) => ({
    name: "instructor.attempt",
    timeUnixNano: String(start + 500_000_000n * BigInt(at)),
    attributes: [
      whole("instructor.attempt.number", at),
      text("instructor.attempt.outcome", outcome),
      whole("instructor.attempt.input_tokens", 400 + number),
      whole("instructor.attempt.output_tokens", 100),
      ...(issues ? [text("instructor.attempt.issues", JSON.stringify(issues))] : []),
    ],
  });
  return {
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    name: "instructor.create",
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_000_000_000n),
    attributes: [
      text("gen_ai.provider.name", "openai"),
      text("gen_ai.request.model", model),
      text("instructor.response_model", `Model${number % 5}`),
      text("instructor.schema.hash", `hash${number % 10}`),
      text("respan.metadata.mode", "TOOLS"),
      text("respan.customer_params.customer_identifier", `customer ${number % 500}`),
      whole("gen_ai.usage.input_tokens", 2 * (400 + number)),
      whole("gen_ai.usage.output_tokens", 200),
      text("traceloop.entity.output", JSON.stringify({ text: randomBytes(300).toString("hex") })),
    ],
    events: [
      attempt(1, "validation_error", [
        { path, code: "too_small", message: "too small" },
        { path: ["total"], code: "custom", message: "not the sum" },
      ]),
      attempt(2, "success"),
    ],
  };
}

/** The tables over 10,000 attempts: the first response, which looks up prices, and later ones. */
export async function analyzing() {
  const dev = await startDev();
  for (let sent = 0; sent < CALLS; sent += BATCH) {
    const spans = Array.from({ length: BATCH }, (_, index) => call(sent + index));
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${dev.address}/v1/traces`, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
  }
  const measurements = [];
  for (const path of ["quality", "costs"]) {
    const times = [];
    for (let round = 0; round < 10; round++) times.push(await timed(`${dev.address}/api/${path}`));
    const what = `${path} of ${CALLS * 2} attempts`;
    measurements.push({ what: `${what}, first answer`, value: times[0], unit: "ms" });
    measurements.push({ what: `${what}, median`, value: median(times), unit: "ms", bar: 100 });
  }
  await dev.stop();
  return measurements;
}
