import type { Project } from "./project.js";

/** The file that constructs telemetry, and what is to be done with it. */
export interface TracingFile {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
  /** What the program must do, in a sentence. */
  readonly step: string;
}

/** Gives a type annotation in TypeScript, and nothing in JavaScript. */
type Typed = (annotation: string) => string;

/** What a framework's file holds, written as an ES module. */
interface Form {
  readonly name: string;
  readonly imports: readonly string[];
  readonly body: (appName: string, typed: Typed) => string;
  readonly step: (module: string) => string;
}

const HEAD = "// Added by `respan-instructor setup`, and yours from here on. Variables: see .env.example.\n";

const construct = (appName: string): string =>
  `export const telemetry = new RespanTelemetry({ appName: ${JSON.stringify(appName)} });\n`;

const PLAIN: Form = {
  name: "tracing",
  imports: ["RespanTelemetry"],
  body: construct,
  step: (module) => `Make \`import "${module}";\` the first import of the program's entry.`,
};

/** A scope for each request, around what the framework calls next. */
const scoped = (what: string, next: string, step: string): Form => ({
  name: "tracing",
  imports: ["RespanTelemetry", "propagateAttributes"],
  body: (appName, typed) => `${construct(appName)}
/** ${what}: what a request does from here on belongs to its customer and thread. */
export function respanScope(
  request${typed(": { headers: Record<string, string | string[] | undefined> }")},
  _response${typed(": unknown")},
  ${next}${typed(": () => void")},
)${typed(": void")} {
  const customerIdentifier = request.headers["x-customer"]?.toString();
  const threadIdentifier = request.headers["x-thread"]?.toString();
  propagateAttributes({ customerIdentifier, threadIdentifier }, ${next});
}
`,
  step: (module) => `Make \`import { respanScope } from "${module}";\` the first import of the server, and ${step}`,
});

const FORMS: Readonly<Record<Project["framework"], Form>> = {
  none: PLAIN,
  nestjs: { ...PLAIN, step: (module) => `Make \`import "${module}";\` the first import of src/main.ts.` },
  express: scoped("A middleware", "next", "put `app.use(respanScope);` behind the body parser."),
  fastify: scoped("A preHandler hook", "done", 'add `app.addHook("preHandler", respanScope);`.'),
  lambda: {
    name: "tracing",
    imports: ["RespanTelemetry"],
    body: (appName, typed) => `${construct(appName)}
/** A handler whose spans have left before it answers: the process may be frozen the moment after. */
export function traced${typed("<Args extends unknown[], Result>")}(handler${typed(": (...args: Args) => Promise<Result>")}) {
  return async (...args${typed(": Args")})${typed(": Promise<Result>")} => {
    try {
      return await handler(...args);
    } finally {
      await telemetry.flush();
    }
  };
}
`,
    step: (module) =>
      `Make \`import { traced } from "${module}";\` the first import of each handler's file, and wrap the handler in \`traced(…)\`.`,
  },
  nextjs: {
    name: "instrumentation",
    imports: [],
    body: (appName, typed) => `/** Next.js calls this once for each server process, before any request. */
export async function register()${typed(": Promise<void>")} {
  // Telemetry is for the Node.js runtime.
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { RespanTelemetry } = await import("respan-instructor");
  new RespanTelemetry({ appName: ${JSON.stringify(appName)} });
}
`,
    step: () =>
      'Add `serverExternalPackages: ["respan-instructor", "@instructor-ai/instructor"]` to the Next.js configuration.',
  },
};

/** The one file that a set-up adds to the sources. */
export function tracingFile(project: Project): TracingFile {
  const { framework, isTypeScript, appName, sources, manifest } = project;
  const form = FORMS[framework];
  const body = form.body(appName, (annotation) => (isTypeScript ? annotation : ""));
  const path = `${sources}${form.name}.${isTypeScript ? "ts" : "js"}`;
  const step = form.step(moduleName(project, form.name));
  // Next.js compiles its file in either syntax; Node reads a `.js` file as the manifest says.
  if (!isTypeScript && manifest.type === "commonjs" && framework !== "nextjs") {
    return { path, text: HEAD + commonJs(form.imports, body), step: requiring(step) };
  }
  const imports =
    form.imports.length === 0 ? "" : `import { ${form.imports.join(", ")} } from "respan-instructor";\n\n`;
  return { path, text: HEAD + imports + body, step };
}

function commonJs(imports: readonly string[], body: string): string {
  const exported = [...body.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
  const plain = body.replace(/^export /gm, "");
  return `const { ${imports.join(", ")} } = require("respan-instructor");\n\n${plain}\nmodule.exports = { ${exported.join(", ")} };\n`;
}

function requiring(step: string): string {
  return step
    .replace(/import (\{ \w+ \}) from ("[^"]+");/, "const $1 = require($2);")
    .replace(/import ("[^"]+");/, "require($1);")
    .replace("first import", "first line");
}

/** How a file beside it imports the tracing file. */
function moduleName({ isTypeScript, manifest }: Project, name: string): string {
  // TypeScript for CommonJS, as Nest has it, writes no extension; ES modules need one.
  return isTypeScript && manifest.type === "commonjs" ? `./${name}` : `./${name}.js`;
}
