// `npm run docs:llms`: writes llms.txt and SKILL.md, which travel in the package, from the documents.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..");
/** The pages that come first; the others follow by name. */
const FIRST = ["getting-started.md", "cli.md", "instructor-client.md", "decorators.md"];

const page = (name: string): string => readFileSync(join(ROOT, "docs", name), "utf8");

function pages(): string[] {
  const names = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return [...FIRST, ...names.filter((name) => !FIRST.includes(name)).sort()];
}

/** A page's heading, and what its sections are called. */
function lineOf(name: string): string {
  const text = page(name).replaceAll(/^```[\s\S]*?^```$/gm, "");
  const title = /^# (.+)$/m.exec(text)?.[1];
  if (title === undefined) throw new Error(`docs/${name} has no title`);
  const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading).slice(0, 6);
  return `- [${title}](docs/${name})${sections.length > 0 ? `: ${sections.join("; ")}` : ""}`;
}

/** The fenced block of a page that holds a text. */
function snippet(name: string, language: string, holds: string): string {
  const blocks = [...page(name).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const found = blocks.find(([, of, code]) => of === language && code?.includes(holds) === true);
  if (found === undefined) throw new Error(`docs/${name} has no ${language} block with ${holds}`);
  return found[0];
}

const SUMMARY =
  "Tracing for structured extraction with Instructor JS: `@Workflow` and `@Task` methods and every Instructor call become OpenTelemetry spans, sent to Respan or shown on a local page.";

/** `llms.txt`: the pages, one in each line. */
export function llmsText(): string {
  return `# respan-instructor

> ${SUMMARY}

Start with [SKILL.md](SKILL.md). Node 20.19 or later, ES modules and CommonJS.

## Documents

${pages().map(lineOf).join("\n")}
`;
}

/** `SKILL.md`: what a coding agent needs to add tracing and to check it. */
export function skillText(): string {
  return `---
name: respan-instructor
description: Add tracing to a TypeScript or JavaScript program that uses Instructor JS (@instructor-ai/instructor), and check that its traces arrive. Use it to see what extractions did, or when spans are missing.
---

# Tracing with respan-instructor

${SUMMARY}

## Set it up

\`\`\`sh
npx respan-instructor setup --dry-run
npx respan-instructor setup
\`\`\`

It adds a tracing file, and lines to \`.env.example\` and \`AGENTS.md\`; it does not change source files. It prints the steps that are left. Then create clients with \`createTracedInstructor\`:

${snippet("getting-started.md", "ts", "createTracedInstructor")}

## Check it

\`\`\`sh
npx respan-instructor doctor
npx respan-instructor doctor --send
npx respan-instructor doctor --json
\`\`\`

Exit code 1 means that a finding is a \`problem\`; its \`fix\` says what to do. To read variables from a file: \`--env-file .env\`.

## See traces, without an account

\`\`\`sh
npx respan-instructor dev
\`\`\`

Keep it running, and start the program with \`RESPAN_BASE_URL=http://127.0.0.1:4319/api\`; no key is needed. Then:

\`\`\`sh
npx respan-instructor traces wait --name support_ticket_extraction
npx respan-instructor traces list --json
npx respan-instructor traces show latest --content
npx respan-instructor traces assert --expect-workflow support_ticket_extraction --expect-span instructor.create --max-errors 0
\`\`\`

\`wait\` and \`assert\` exit with 1 if the traces are missing.

## What goes wrong

- No span: nothing is decorated, the client is not traced, or there is no key. \`RESPAN_LOG_LEVEL=debug\` shows more.
- The process ends too early: \`await telemetry.flush()\` before \`process.exit()\` and at the end of a serverless handler.
- Decorators are a syntax error: \`node app.ts\` does not compile them. Use tsx or tsc, or \`withWorkflow\` and \`withTask\`.
- Construct \`RespanTelemetry\` once in the process, before clients make calls.
- To keep content in the process: \`RESPAN_TRACE_CONTENT=false\`.

More: [the command](docs/cli.md), [troubleshooting](docs/troubleshooting.md), [configuration](docs/configuration.md), and
every page in [llms.txt](llms.txt).
`;
}

/** The files that follow from the documents. */
export const GENERATED: Readonly<Record<string, () => string>> = { "llms.txt": llmsText, "SKILL.md": skillText };

if (require.main === module) {
  for (const [name, text] of Object.entries(GENERATED)) writeFileSync(join(ROOT, name), text());
}
