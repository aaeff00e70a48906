import ts from "typescript";

const FILE = `${process.cwd()}/spec/types/typed-by-a-user.ts`;
const START = `import OpenAI from "openai";
import { z } from "zod";
import { createTracedInstructor, Task } from "../../lib/index.js";
const client = createTracedInstructor({ client: new OpenAI() });
const schema = z.object({ customer: z.string() });
`;
let text = START;
let version = 0;

const { config } = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path));
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
const service = ts.createLanguageService({
  getScriptFileNames: () => [FILE],
  getScriptVersion: (path) => (path === FILE ? String(version) : "1"),
  getScriptSnapshot: (path) => {
    const source = path === FILE ? text : ts.sys.readFile(path);
    return source === undefined ? undefined : ts.ScriptSnapshot.fromString(source);
  },
  getCurrentDirectory: () => process.cwd(),
  getCompilationSettings: () => options,
  getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
  fileExists: (path) => ts.sys.fileExists(path),
  readFile: (path) => ts.sys.readFile(path),
  directoryExists: (path) => ts.sys.directoryExists(path),
  getDirectories: (path) => ts.sys.getDirectories(path),
});

/** Types a program; `|` is where the cursor stands, which is returned. */
function type(program: string): number {
  text = START + program.replace("|", "");
  version++;
  return START.length + program.indexOf("|");
}

const call = (parameters: string): string => `await client.create({ ${parameters}, messages: [] });\nexport {};`;
const RESPONSE_MODEL = `response_model: { schema, name: "Ticket" }`;

describe("an editor", () => {
  it.each([
    ["client.cre|ate", "Asks the model for an object of a schema."],
    ["client.chat.completions.cre|ate", "Asks the model for an object of a schema."],
    ["client.createPar|tial", "Asks the model for an object and yields it while it grows"],
  ])("shows what %s does where it is called", (callee, description) => {
    const at = type(`void ${callee}({ model: "m", ${RESPONSE_MODEL}, messages: [] });`);
    const info = service.getQuickInfoAtPosition(FILE, at);
    expect(ts.displayPartsToString(info?.documentation)).toContain(description);
  });

  it("completes the names of OpenAI's models, and takes any other", () => {
    const at = type(call(`model: "|", ${RESPONSE_MODEL}`));
    const names = service.getCompletionsAtPosition(FILE, at, {})?.entries.map(({ name }) => name);
    expect(names).toContain("gpt-4o-mini");
    type(call(`model: "deepseek-chat", ${RESPONSE_MODEL}`));
    expect(service.getSemanticDiagnostics(FILE)).toEqual([]);
  });

  it.each([
    ["a name that is missing", 'model: "m", response_model: { schema }', "'name' is missing"],
    ["a misspelt parameter", `model: "m", ${RESPONSE_MODEL}, max_retry: 2`, "'max_retry' does not exist"],
    ["a wrong type", `model: "m", ${RESPONSE_MODEL}, max_retries: "2"`, "'string' is not assignable to type 'number'"],
  ])("shows one error of a mistake, without overloads: %s", (_, parameters, said) => {
    type(`export const ticket = async () => { ${call(parameters).replace("export {};", "")} };`);
    const errors = service
      .getSemanticDiagnostics(FILE)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(said);
    expect(errors[0]).not.toContain("overload");
  });
});
