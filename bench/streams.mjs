/**
 * The time in which `createPartial` and `createIterable` read an answer that arrives in chunks, without tracing:
 * `node bench/streams.mjs`, or `node bench/streams.mjs /path/to/another/dist/esm/index.js` to compare two builds of the
 * package by turns in one process. Each line has the time for an answer, and the ratio of the first build to the second.
 */
import { pathToFileURL } from "node:url";
import { SupportTicket } from "./application.mjs";

const ROUNDS = 21;

const invoice = {
  number: "2025-0117",
  lines: Array.from({ length: 60 }, (_, index) => ({
    description: `Position ${index}: "consulting", on site`,
    quantity: index + 1,
    price: { amount: 119.5 * (index + 1), currency: "EUR" },
    isTaxed: index % 2 === 0,
  })),
};
const manyKeys = Object.fromEntries(Array.from({ length: 16_000 }, (_, index) => [`key_${index}`, index]));
const longText = { summary: "Cannot log in before a security audit. ".repeat(500) };

/** The method, the answer, the characters a chunk holds. */
const CASES = {
  "createPartial, an invoice of 60 lines": ["createPartial", invoice, 16],
  "createPartial, 16,000 keys": ["createPartial", manyKeys, 1_500],
  "createPartial, a long text": ["createPartial", longText, 4],
  "createPartial, the invoice in content": ["createPartial", invoice, 16, "content"],
  "createIterable, 600 items": ["createIterable", { items: Array(10).fill(invoice.lines).flat() }, 16],
};

function chunksOf(answer, size, where = "tool") {
  const text = where === "content" ? `\`\`\`json\n${JSON.stringify(answer)}\n\`\`\`` : JSON.stringify(answer);
  const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g"));
  const deltas = pieces.map((piece, index) => {
    if (where === "content") return { content: piece };
    const first = index === 0 ? { id: "call_1", type: "function" } : {};
    return { tool_calls: [{ index: 0, ...first, function: { arguments: piece } }] };
  });
  return deltas.map((delta) => ({ id: "chatcmpl-bench", choices: [{ index: 0, delta, finish_reason: null }] }));
}

/** Accepts every value, so that only reading is measured. */
const anything = SupportTicket.partial().passthrough();

async function reader(file) {
  const { createTracedInstructor } = await import(file);
  return (method, chunks, mode) => {
    const create = async () =>
      (async function* () {
        yield* chunks;
      })();
    const client = createTracedInstructor({
      client: { baseURL: "http://model.invalid/v1", chat: { completions: { create } } },
      mode,
    });
    const request = { model: "m", messages: [], response_model: { schema: anything, name: "Answer" } };
    return async () => {
      let count = 0;
      for await (const value of client[method](request)) if (value !== undefined) count++;
      return count;
    };
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const builds = [new URL("../dist/esm/index.js", import.meta.url).href];
if (process.argv[2] !== undefined) builds.push(pathToFileURL(process.argv[2]).href);
const readers = await Promise.all(builds.map(reader));

const cases = Object.entries(CASES).map(([name, [method, answer, size, where]]) => {
  const chunks = chunksOf(answer, size, where);
  const mode = where === "content" ? "MD_JSON" : "TOOLS";
  return { name, chunks, reads: readers.map((make) => make(method, chunks, mode)) };
});

for (let round = 0; round < 5; round++) for (const { reads } of cases) for (const read of reads) await read();

for (const { name, chunks, reads } of cases) {
  const times = reads.map(() => []);
  const counts = [];
  for (let round = -5; round < ROUNDS; round++) {
    // The second reader pays for the garbage of the first.
    const order = round % 2 === 0 ? [...reads.keys()] : [...reads.keys()].reverse();
    for (const index of order) {
      const from = process.hrtime.bigint();
      counts[index] = await reads[index]();
      if (round >= 0) times[index].push(Number(process.hrtime.bigint() - from) / 1e6);
    }
  }
  const taken = times.map(median);
  const ratio = taken.length > 1 ? ` · ratio ${(taken[0] / taken[1]).toFixed(2)}` : "";
  const values = taken.map((millis, index) => `${millis.toFixed(2)} ms (${counts[index]} values)`);
  console.log(`${name}: ${chunks.length} chunks, ${values.join(" against ")}${ratio}`);
}
