import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { content, json, OpenAIServer, OTLPReceiver, toolCall } from "../../../spec/harness/index.js";
import type { Answer } from "../../../spec/harness/index.js";
import { eventsOf, message, responseOf, stream } from "../../../spec/instructor/openai/openai-answers.js";
import { assertAttributes } from "../../projects/extraction-servers.js";
import { lastJsonLine } from "../../projects/last-json-line.js";
import { succeed } from "../../projects/run.js";
import type { Cell } from "../cell.js";

const PROGRAM = "openai-helpers.mjs";
const ticket = { customer: "ACME" };

interface Asked {
  readonly path: string;
  readonly body: {
    readonly stream?: boolean;
    readonly tools?: readonly unknown[];
    readonly messages?: readonly { readonly role: string }[];
  };
}

function answer({ path, body }: Asked): Answer {
  const response = responseOf([message(JSON.stringify(ticket))]);
  if (path.endsWith("/responses")) return body.stream === true ? stream(eventsOf(response)) : json(response);
  const isNoted = body.messages?.some(({ role }) => role === "tool") === true;
  return body.tools === undefined || isNoted ? content(ticket) : toolCall({ name: "Note", arguments: ticket });
}

async function run(folder: string, binary: string): Promise<string> {
  await using server = await OpenAIServer.start({ answer });
  await using receiver = await OTLPReceiver.start();
  const env = {
    OPENAI_API_KEY: "key",
    OPENAI_BASE_URL: server.url,
    RESPAN_API_KEY: "key",
    RESPAN_BASE_URL: receiver.url,
  };
  const { stdout } = await succeed(binary, [PROGRAM], { cwd: folder, env, limit: 60_000 });
  const { helpers } = lastJsonLine(stdout) as { helpers: string[] };
  // Tools are run by two requests.
  const names = helpers.flatMap((name) => Array<string>(name.endsWith("run_tools") ? 2 : 1).fill(`openai.${name}`));
  const spans = [...receiver.spans].sort((a, b) => Number(a.startTime - b.startTime));
  assert.deepEqual(
    spans.map(({ name }) => name),
    names,
  );
  for (const span of spans.filter(({ name }) => !name.endsWith("run_tools"))) {
    assertAttributes(span, { "traceloop.entity.output": JSON.stringify(ticket), "instructor.attempts": 1 });
  }
  return `${helpers.length} helpers, ${spans.length} spans`;
}

export const openaiHelperCells: readonly Cell[] = ["4.58.0", "^4", "^5", "^6", "^7"].map((version) => ({
  group: "versions",
  name: `OpenAI's own helpers, openai ${version}`,
  run: async (workshop) => {
    const binary = await workshop.runtime(version === "^7" ? "node22" : "node20");
    const installation = await workshop.installation({ openai: version, zod: "^3.25" });
    const program = readFileSync(join(process.cwd(), "scripts/projects/programs", PROGRAM), "utf8");
    return run(installation.project(`helpers-${version}`, "module", { [PROGRAM]: program }), binary);
  },
}));
