// The cost of masking in processor time, which other programs on the machine affect little: `npm run bench:masking`.
import { CONTEXT_RULES } from "../lib/capture/masking/context-rules.js";
import { ISSUER_RULES } from "../lib/capture/masking/issuer-rules.js";
import { DEFAULT_REDACTOR } from "../lib/capture/masking/redactor.js";
import { WHOLE_BOUNDS, captureJson } from "../lib/capture/serialize.js";
import { HOSTILE_UNITS } from "../spec/capture/masking/hostile-texts.js";

const MIB = 1 << 20;
const PROSE =
  "The quarterly report shows that revenue in the northern region grew by 4.2 percent while costs fell. Our key account " +
  "managers asked for better support, and the board will meet again in the second week of October to decide on it. ";
const ORDER = {
  id: "ord_1",
  customer: { name: "Jane Doe", email: "jane@example.com", tags: ["vip", "eu"] },
  items: Array.from({ length: 20 }, (_, at) => ({ sku: `SKU-${at}`, quantity: at, price: 9.5, note: "A short note" })),
  total: 190,
  currency: "EUR",
};

/** The least milliseconds of the process over some runs. */
function least(run: () => unknown, runs: number): number {
  let best = Infinity;
  for (let at = 0; at < runs; at++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

const filledWith = (unit: string, length: number): string =>
  Buffer.from(unit.repeat(Math.ceil(length / unit.length)).slice(0, length)).toString();
const mask = (text: string): unknown => DEFAULT_REDACTOR.text(text);
const row = (name: string, value: number, bar: string): void =>
  console.log(`${name.padEnd(56)} ${value.toFixed(2).padStart(8)}   ${bar}`);

const prose = filledWith(PROSE, MIB);
row("prose, masking / JSON.stringify", least(() => mask(prose), 30) / least(() => JSON.stringify(prose), 30), "<= 4");
const orders = Array.from({ length: 300 }, () => ORDER);
const text = JSON.stringify(orders);
const stringify = least(() => JSON.stringify(orders), 30);
row("JSON text, masking / stringifying its value", least(() => mask(text), 30) / stringify, "<= 8");
const bounds = { ...WHOLE_BOUNDS, maxBytes: 4 * MIB };
row(
  "value, captureJson / stringifying it",
  least(() => captureJson(orders, DEFAULT_REDACTOR, bounds), 30) / stringify,
  "<= 8",
);

const plainText = filledWith("Hello world, this is plain text. ", MIB);
const plain = least(() => captureJson({ text: plainText }, DEFAULT_REDACTOR, WHOLE_BOUNDS), 20);
row("1 MiB of plain text, ms", plain, "");
const rules = [
  ...CONTEXT_RULES.flatMap(([, , keywords]) => keywords.split("|")),
  ...ISSUER_RULES.flatMap(([, , keywords]) => keywords.split(" ")),
];
const units = new Set(["eyJa-", "X-Api-Key: ", "Password:** ", "QUJDREVGR0hJSktM", ...HOSTILE_UNITS, ...rules]);
const hostile = [...units]
  .map((unit) => {
    const whole = filledWith(unit, MIB);
    const eighth = filledWith(unit, MIB / 8);
    const large = least(() => captureJson({ text: whole }, DEFAULT_REDACTOR, WHOLE_BOUNDS), 2);
    const small = least(() => captureJson({ text: eighth }, DEFAULT_REDACTOR, WHOLE_BOUNDS), 2);
    return { unit, large, growth: large / Math.max(small, 0.5) };
  })
  .sort((one, other) => other.large - one.large);
console.log(
  `1 MiB of ${units.size} hostile texts / of plain text (<= 4), and how much more than 128 KiB of them (<= 16):`,
);
for (const { unit, large, growth } of hostile.slice(0, Number(process.argv[2] ?? 12)))
  row(JSON.stringify(unit), large / plain, `x ${growth.toFixed(1)}`);
