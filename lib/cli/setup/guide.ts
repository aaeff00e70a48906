import type { Project } from "./project.js";
import type { TracingFile } from "./tracing-file.js";

/** Variables of `.env.example`; the value is an example. */
export const EXAMPLE_VARIABLES: readonly (readonly [name: string, comment: string])[] = [
  ["RESPAN_API_KEY", "Where spans go. Without it nothing is sent, unless RESPAN_BASE_URL is on this machine."],
  ["RESPAN_BASE_URL", "For `npx respan-instructor dev`: http://127.0.0.1:4319/api"],
];

/** What is added to an `.env.example`: the variables that it does not name. */
export function exampleAddition(existing: string): string {
  const missing = EXAMPLE_VARIABLES.filter(
    ([name]) => !new RegExp(`^\\s*#?\\s*(export )?${name}=`, "m").test(existing),
  );
  return missing.map(([name, comment]) => `# ${comment}\n${name === "RESPAN_BASE_URL" ? "# " : ""}${name}=\n`).join("");
}

export const GUIDE_MARK = "<!-- respan-instructor -->";

/** The section of `AGENTS.md`; empty where there is one. */
export function guideAddition(existing: string, project: Project, { path }: TracingFile): string {
  if (existing.includes(GUIDE_MARK)) return "";
  const decorators =
    project.decorators === undefined
      ? "Name work with `withWorkflow({ name }, fn)` and `withTask({ name }, fn)`: in JavaScript, decorators need a compiler."
      : `Name work with \`@Workflow({ name })\` and \`@Task({ name })\` on methods (${project.decorators} decorators), or \`withWorkflow\` and \`withTask\` around functions.`;
  return `${GUIDE_MARK}

## Tracing with respan-instructor

- \`${path}\` constructs \`RespanTelemetry\`, once in the process and before clients are made. Variables: \`.env.example\`.
- Make Instructor clients with \`createTracedInstructor({ client, mode })\` in place of \`Instructor(…)\`.
- ${decorators}
- Customer, thread and metadata: \`propagateAttributes({ customerIdentifier, threadIdentifier, metadata }, fn)\`.
- Before \`process.exit\`, and at the end of a serverless handler: \`await telemetry.flush()\`.
- See traces: \`npx respan-instructor dev\`, with \`RESPAN_BASE_URL=http://127.0.0.1:4319/api\` for the program; then
  \`npx respan-instructor traces show latest\`. Something is missing: \`npx respan-instructor doctor\`.
- More: \`node_modules/respan-instructor/SKILL.md\` and \`node_modules/respan-instructor/docs\`.

<!-- /respan-instructor -->
`;
}
