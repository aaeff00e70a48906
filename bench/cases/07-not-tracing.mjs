import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { ARGUMENT, answers, ticketRequest } from "../application.mjs";
import * as untraced from "../contenders/untraced.mjs";
import { failure, micros, nanos, row } from "../runner/rows.mjs";
import { summary } from "../runner/statistics.mjs";

export const title = "Telemetry absent, disabled, not sampled, suppressed";
export const isQuick = true;

const LOOP = 1_000;

const looped =
  ({ sync }) =>
  () => {
    let last;
    for (let index = 0; index < LOOP; index++) last = sync(ARGUMENT);
    return last;
  };

export function prepare(contender, { isSuppressed }) {
  const suppressed = suppressTracing(context.active());
  const within = (call) => (isSuppressed ? () => context.with(suppressed, call) : call);
  const plain = untraced.start();
  const request = ticketRequest();
  const calling = ({ structured }) => {
    const create = structured(answers());
    return () => create(request);
  };
  return {
    sync: { call: within(looped(contender)), base: within(looped(plain)), units: LOOP },
    create: { call: within(calling(contender)), base: within(calling(plain)) },
  };
}

export async function measure({ race }) {
  const settings = {
    absent: { tracing: "absent" },
    disabled: { tracing: "disabled" },
    "not sampled": { tracing: "unsampled" },
    suppressed: { isSuppressed: true },
  };
  const results = await race({
    lanes: Object.entries(settings).map(([key, value]) => ({ key, contender: "ours", settings: value })),
  });
  const targets = { absent: 100, disabled: 100, "not sampled": 1_500 };
  const states = Object.keys(settings);
  const added = (key, variant) => summary(results[key].series[variant].nanos);
  return [
    ...states.map((key) =>
      results[key].error
        ? failure(key, results[key].error)
        : row(
            `${key}: added to a decorated call`,
            added(key, "sync"),
            nanos,
            key in targets ? { atMost: targets[key] } : undefined,
          ),
    ),
    ...states.flatMap((key) =>
      results[key].error ? [] : [row(`${key}: added to a structured call`, added(key, "create"), micros)],
    ),
  ];
}
