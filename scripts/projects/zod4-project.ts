import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { auto, OpenAIServer } from "../../spec/harness/index.js";
import type { Installation } from "./installation.js";
import { lastJsonLine } from "./last-json-line.js";
import { succeed } from "./run.js";

const answer = { customer: "ACME", due: "2026-01-31T00:00:00.000Z", tree: { name: "root", children: [] } };

export type ModuleFormat = "esm" | "cjs";

/** The models of `programs/zod4.mjs`. */
const models: Record<string, (isCorrected: boolean) => unknown> = {
  fits: () => answer,
  lists: () => ({ items: [answer, answer] }),
  corrects: (isCorrected) => (isCorrected ? answer : { ...answer, customer: 7 }),
  "never fits": () => ({ ...answer, customer: 7 }),
};

/**
 * Runs the checks in a project beside an installed version of Zod.
 *
 * @param runtime Path of Node's binary.
 * @returns How many combinations of schema and mode were checked.
 */
export async function checkZod4(
  installation: Installation,
  zod: string,
  format: ModuleFormat,
  runtime = process.execPath,
): Promise<number> {
  await using server = await OpenAIServer.start({
    answer: auto({
      Ticket: ({ model, messages }) => models[model ?? ""]?.(JSON.stringify(messages).includes("Please correct")),
    }),
  });
  const file = format === "esm" ? "zod4.mjs" : "zod4.cjs";
  const folder = installation.project(`zod4-${format}`, "module", { [file]: await program(zod, format) });
  const env = { OPENAI_API_KEY: "sk-local", OPENAI_BASE_URL: server.url };
  const { stdout } = await succeed(runtime, [file], { cwd: folder, env, limit: 120_000 });
  return lastJsonLine(stdout).count as number;
}

async function program(zod: string, format: ModuleFormat): Promise<string> {
  const source = readFileSync(join(process.cwd(), "scripts/projects/programs/zod4.mjs"), "utf8");
  const own = zod.startsWith("3") ? source.replace('"zod/mini"', '"zod/v4-mini"').replace('"zod"', '"zod/v4"') : source;
  return (await transform(own, { format, loader: "js" })).code;
}
