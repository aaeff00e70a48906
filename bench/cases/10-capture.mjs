import { lanes } from "../runner/contenders.mjs";
import { failure, micros, row } from "../runner/rows.mjs";
import { summary } from "../runner/statistics.mjs";

export const title = "Capture of an argument: small, nested, 16 KiB, 1 MB, and masking over them";
export const isQuick = false;

const TEXT = "The customer writes that no one in the office can log in since this morning. ";
const text = (length) => TEXT.repeat(Math.ceil(length / TEXT.length)).slice(0, length);
const nested = (depth) =>
  depth === 0 ? { id: 7, name: "leaf" } : { name: `level ${depth}`, items: [nested(depth - 1), nested(depth - 1)] };
const secrets = (value) => ({
  api_key: "sk-0123456789abcdefghijklmnop",
  note: "Authorization: Bearer abcdef0123456789abcdef",
  value,
});

const VALUES = {
  small: { customer: "ACME", priority: "high" },
  nested: nested(4),
  "16 KiB": { body: text(16_000) },
  "1 MB": { body: text(1_000_000) },
  "1 MB of small objects": Array.from({ length: 12_000 }, (_, id) => ({ id, name: `customer ${id}`, note: text(40) })),
};
const MASKED = Object.fromEntries(
  Object.entries(VALUES).map(([name, value]) => [`${name}, with credentials`, secrets(value)]),
);
const ALL = { ...VALUES, ...MASKED };

export function prepare(contender) {
  return Object.fromEntries(
    Object.entries(ALL).map(([name, value]) => [
      name,
      { call: () => contender.capture(value), isSync: true, chunk: name.startsWith("1 MB") ? 10 : 200 },
    ]),
  );
}

export async function measure({ race, pace }) {
  // Ten variants in one process, so the rounds are shorter.
  const results = await race({
    lanes: lanes(["floor", "ours"]),
    pace: { ...pace, roundMillis: pace.roundMillis / 3, warmMillis: pace.warmMillis / 3 },
  });
  const { floor, ours } = results;
  if (ours.error || floor.error) return [failure("capture", ours.error ?? floor.error)];
  return Object.keys(ALL).flatMap((name) => [
    row(`${name}: ours, a call`, summary(ours.series[name].nanos), micros),
    row(`${name}: floor (\`JSON.stringify\`, unbounded, unmasked)`, summary(floor.series[name].nanos), micros),
  ]);
}
