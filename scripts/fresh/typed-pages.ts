import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { GUIDE_OBJECTS, OpenAIServer } from "../../spec/harness/index.js";
import { snippetsOf, textOf } from "../../spec/docs/pages.js";
import type { Snippet } from "../../spec/docs/pages.js";
import { json, write } from "../projects/installation.js";
import type { Packed } from "../projects/pack.js";
import type { Kind } from "./kinds.js";
import { succeed } from "../projects/run.js";
import { startDev } from "../viewer-bench/dev-process.mjs";
import { managerFolder } from "./managers.js";

const MINUTES = 60_000;

const GETTING_STARTED = "docs/getting-started.md";

/** A page whose lines a new user types, in an empty folder. */
export interface TypedPage {
  readonly name: string;
  readonly page: string;
  readonly manager: Kind["manager"];
  /** The row of "Install" in Getting started with the commands to install and run. */
  readonly row: string;
}

export const TYPED_PAGES: readonly TypedPage[] = [
  { name: "README, npm", page: "README.md", manager: "npm", row: "npm" },
  { name: "README, pnpm", page: "README.md", manager: "pnpm", row: "pnpm" },
  { name: "Getting started, npm", page: GETTING_STARTED, manager: "npm", row: "npm" },
  { name: "Getting started, pnpm", page: GETTING_STARTED, manager: "pnpm", row: "pnpm" },
  { name: "Getting started, yarn 4", page: GETTING_STARTED, manager: "yarn-berry", row: "yarn 4" },
  { name: "Getting started, yarn 1", page: GETTING_STARTED, manager: "yarn", row: "yarn 1" },
  { name: "Getting started, bun", page: GETTING_STARTED, manager: "bun", row: "bun" },
];

/** A row of the table: the command that adds packages, the names that it replaces, and the command that runs the example. */
function commandsOf(row: string): { add: string[]; instead: string | undefined; run: string[] } {
  const line = textOf(GETTING_STARTED)
    .split("\n")
    .find((text) => text.startsWith(`| ${row} `));
  const [add = "", ...others] = [...(line ?? "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  const run = others.at(-1) ?? "";
  return { add: add.split(" "), instead: others.length > 1 ? others[0] : undefined, run: run.split(" ") };
}

/**
 * Types only the lines of a page: its install lines, its example, its `dev`.
 * @returns the versions that were installed
 */
export async function typePage({ page, manager, row }: TypedPage, folder: string, packed: Packed): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const path = [await managerFolder(manager), process.env.PATH].join(delimiter);
  const snippets = snippetsOf(page);
  const find = (language: string, part: string): Snippet => {
    const found = snippets.find((snippet) => snippet.language === language && snippet.code.includes(part));
    assert.ok(found, `${page} has a ${language} block with ${part}`);
    return found;
  };

  write(folder, {
    "package.json": json({ name: "support-api", private: true, type: "module" }),
    "app.ts": find("ts", "import OpenAI").code,
    ...(manager === "yarn-berry" && {
      "yarn.lock": "",
      ".yarnrc.yml": "nodeLinker: node-modules\nenableTelemetry: false\n",
    }),
  });
  const { add, instead, run } = commandsOf(row);
  const tarball = manager === "yarn-berry" ? `respan-instructor@file:${packed.tarball}` : packed.tarball;
  const [, , ...names] = find("sh", "npm install respan-instructor").code.split(" ");
  const packages = names.map((name) => {
    if (name === "respan-instructor") return tarball;
    return instead?.startsWith(`${name}@`) === true ? instead : name;
  });
  const [command = "", ...verb] = add;
  await succeed(command, [...verb, ...packages], { cwd: folder, env: { PATH: path }, limit: 15 * MINUTES });

  await using openai = await OpenAIServer.start({ objects: GUIDE_OBJECTS });
  const dev = await startDev([join(folder, "node_modules/.bin/respan-instructor")], folder);
  const env = {
    PATH: path,
    OPENAI_API_KEY: "sk-local",
    OPENAI_BASE_URL: openai.url,
    RESPAN_BASE_URL: `${dev.address}/api`,
    npm_config_yes: "true",
  };
  const type = ([program = "", ...args]: readonly string[]) =>
    succeed(program, args, { cwd: folder, env, limit: 5 * MINUTES });
  try {
    const { stdout, stderr } = await type(run);
    // Bun prints objects differently; pnpm and yarn also print what they installed.
    const printed = find("", "_meta").code;
    if (manager === "bun") assert.match(stdout, /ACME/, "what the program printed");
    else assert.ok(stdout.includes(printed), `what the program printed: ${stdout}`);
    assert.doesNotMatch(stderr, /respan-instructor/, "what it said");
    const expected = ["--expect-workflow", "support_ticket_extraction", "--expect-span", "instructor.create"];
    await type(["npx", "respan-instructor", "traces", "assert", ...expected, "--max-errors", "0"]);
  } finally {
    await dev.stop();
  }
  return versionsIn(folder);
}

function versionsIn(folder: string): string {
  const names = ["@instructor-ai/instructor", "openai", "zod", "@opentelemetry/api"];
  return names
    .map((name) => {
      const text = readFileSync(join(folder, "node_modules", name, "package.json"), "utf8");
      const { version } = JSON.parse(text) as { version: string };
      return `${name} ${version}`;
    })
    .join(", ");
}
