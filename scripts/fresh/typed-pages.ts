import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { GUIDE_OBJECTS, OpenAIServer } from "../../spec/harness/index.js";
import { snippetsOf } from "../../spec/docs/pages.js";
import type { Snippet } from "../../spec/docs/pages.js";
import { json, write } from "../projects/installation.js";
import type { Packed } from "../projects/pack.js";
import { succeed } from "../projects/run.js";
import { startDev } from "../viewer-bench/dev-process.mjs";
import { managerFolder } from "./managers.js";

const MINUTES = 60_000;

/** A page whose lines a new user types, in an empty folder. */
export interface TypedPage {
  readonly name: string;
  readonly page: string;
  readonly manager: "npm" | "pnpm";
}

export const TYPED_PAGES: readonly TypedPage[] = [
  { name: "README, npm", page: "README.md", manager: "npm" },
  { name: "README, pnpm", page: "README.md", manager: "pnpm" },
  { name: "Getting started, npm", page: "docs/getting-started.md", manager: "npm" },
  { name: "Getting started, pnpm", page: "docs/getting-started.md", manager: "pnpm" },
];

/**
 * Types what a page says, and nothing else: its install lines, its example, its `dev`.
 * @returns the versions that were installed
 */
export async function typePage({ page, manager }: TypedPage, folder: string, packed: Packed): Promise<string> {
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
  });
  const install = find("sh", "npm install respan-instructor").code.split(" ");
  const [, , ...names] = install.map((word) => (word === "respan-instructor" ? packed.tarball : word));
  await succeed(manager, [manager === "npm" ? "install" : "add", ...names], {
    cwd: folder,
    env: { PATH: path },
    limit: 15 * MINUTES,
  });

  await using openai = await OpenAIServer.start({ objects: GUIDE_OBJECTS });
  const dev = await startDev([join(folder, "node_modules/.bin/respan-instructor")], folder);
  const env = {
    PATH: path,
    OPENAI_API_KEY: "sk-local",
    OPENAI_BASE_URL: openai.url,
    RESPAN_BASE_URL: `${dev.address}/api`,
    npm_config_yes: "true",
  };
  const npx = (...args: string[]) => succeed("npx", args, { cwd: folder, env, limit: 5 * MINUTES });
  try {
    const { stdout, stderr } = await npx("tsx", "app.ts");
    assert.equal(stdout.trim(), find("", "_meta").code, "what the program printed");
    assert.doesNotMatch(stderr, /respan-instructor/, "what it said");
    const expected = ["--expect-workflow", "support_ticket_extraction", "--expect-span", "instructor.create"];
    await npx("respan-instructor", "traces", "assert", ...expected, "--max-errors", "0");
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
