import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OTLPReceiver } from "../../../spec/harness/index.js";
import type { ReceivedSpan } from "../../../spec/harness/index.js";
import { AnthropicServer } from "../../projects/anthropic-server.js";
import { assertAttributes } from "../../projects/extraction-servers.js";
import { lastJsonLine } from "../../projects/last-json-line.js";
import { succeed } from "../../projects/run.js";
import type { Cell } from "../cell.js";

const ticket = { customer: "ACME", priority: "high" };
const wrong = { customer: "ACME", priority: "soon" };

/** The models of `programs/polyglot.mjs`. */
const models = {
  fits: () => ticket,
  corrects: (isCorrected: boolean) => (isCorrected ? ticket : wrong),
  "never fits": () => wrong,
  lists: () => ({ items: [ticket, ticket] }),
  says: () => "Hello",
};

/** Spans of one mode, in the order of the calls: name, attempts, input tokens, status. */
const SPANS = [
  ["instructor.create", 1, 57, 1],
  ["instructor.create", 2, 114, 1],
  ["instructor.create", 2, 114, 2],
  ["instructor.create", 1, undefined, 2],
  ["instructor.create_with_completion", 1, 57, 1],
  ["instructor.create_iterable", 1, 57, 1],
  ["instructor.create_iterable", 1, 57, 1],
  ["instructor.create_partial", 1, 57, 1],
  ["instructor.create_partial", 1, 57, 1],
  ["instructor.create", 1, 57, 1],
  ["instructor.create", 1, 57, 1],
];

async function anthropic(folder: string): Promise<string> {
  await using server = await AnthropicServer.start(models);
  await using receiver = await OTLPReceiver.start();
  const env = { ANTHROPIC_BASE_URL: server.url, RESPAN_API_KEY: "key", RESPAN_BASE_URL: receiver.url };
  const { stdout } = await succeed(process.execPath, ["polyglot.mjs"], { cwd: folder, env, limit: 120_000 });
  assert.deepEqual(lastJsonLine(stdout), { modes: 2 });
  const spans = [...receiver.spans].sort((a, b) => Number(a.startTime - b.startTime));
  const told = ({ name, attributes, status }: ReceivedSpan) => [
    name,
    attributes["instructor.attempts"],
    attributes["gen_ai.usage.input_tokens"],
    status.code,
  ];
  assert.deepEqual(spans.map(told), [...SPANS, ...SPANS]);
  for (const span of spans) {
    assertAttributes(span, { "gen_ai.system": "anthropic", "server.address": "127.0.0.1", "server.port": server.port });
  }
  for (const request of server.requests) assert.ok(!("stream_options" in request));
  return `${spans.length} spans, ${server.requests.length} calls`;
}

export const providerCells: readonly Cell[] = [
  {
    group: "providers",
    name: "Anthropic through llm-polyglot",
    run: async (workshop) => {
      const dependencies = {
        "llm-polyglot": "^3.0.0",
        "@anthropic-ai/sdk": "^0.33.0",
        "@google/generative-ai": "^0.21.0",
      };
      const installation = await workshop.installation(dependencies);
      const program = readFileSync(join(process.cwd(), "scripts/projects/programs/polyglot.mjs"), "utf8");
      return anthropic(installation.project("polyglot", "module", { "polyglot.mjs": program }));
    },
  },
];
