import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { PAGES, programsOf, ROOT, snippetsOf } from "./pages.js";
import type { Snippet } from "./pages.js";

const READER = join(ROOT, "spec/docs/reader");
const SNIPPETS = PAGES.flatMap(snippetsOf);
const IN_TYPESCRIPT = [
  ...SNIPPETS.filter(({ language, source }) => language === "ts" && source === undefined),
  ...PAGES.flatMap(programsOf),
];
const WRONG: Snippet = {
  page: "a page with a mistake",
  line: 1,
  language: "ts",
  code: 'new RespanTelemetry({ applicationName: "api" });',
  source: undefined,
};
const EXCERPTS = SNIPPETS.filter(({ source }) => source !== undefined);

const fileOf = ({ page, line }: Snippet): string => join(READER, `${page.replaceAll(/\W/g, "-")}-${line}.mts`);
const placeOf = ({ page, line }: Snippet): string => `${page}:${line}`;

/** Checks every snippet as a module of its own, in the world that `reader.d.ts` describes. */
function complaints(snippets: readonly Snippet[]): Map<string, string[]> {
  const { config } = ts.readConfigFile(join(READER, "tsconfig.json"), (path) => readFileSync(path, "utf8")) as {
    config: object;
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, READER);
  const texts = new Map(snippets.map((snippet) => [fileOf(snippet), `${snippet.code}\nexport {};\n`]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, target, ...more) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, target, ...more) : ts.createSourceFile(path, text, target);
  };
  const program = ts.createProgram([...fileNames, ...texts.keys()], options, host);
  return new Map(snippets.map((snippet) => [placeOf(snippet), complaintsAbout(program, snippet)]));
}

function complaintsAbout(program: ts.Program, snippet: Snippet): string[] {
  const file = program.getSourceFile(fileOf(snippet));
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    ({ messageText, start = 0 }) => {
      const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line;
      return `${snippet.page}:${snippet.line + line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    },
  );
}

describe("a snippet of the documents", () => {
  let said: Map<string, string[]>;
  beforeAll(() => {
    said = complaints([...IN_TYPESCRIPT, WRONG]);
  }, 120_000);

  it.each(IN_TYPESCRIPT.map(placeOf))("compiles in a strict project (%s)", (place) => {
    expect(said.get(place)).toEqual([]);
  });

  it("would not compile with a wrong option", () => {
    expect(said.get(placeOf(WRONG))?.join()).toContain("'applicationName' does not exist");
  });

  it.each(EXCERPTS.map((snippet) => [snippet.source ?? "", placeOf(snippet), snippet] as const))(
    "says what %s says (%s)",
    (source, _, { code }) => {
      const sample = meaningfulLines(readFileSync(join(ROOT, source), "utf8"));
      let from = 0;
      for (const line of meaningfulLines(code)) {
        const at = sample.indexOf(line, from);
        expect([line, at >= 0]).toEqual([line, true]);
        from = at + 1;
      }
    },
  );

  it("is in a language that is checked", () => {
    const checked = new Set(["ts", "js", "sh", "yaml", ""]);
    expect(SNIPPETS.filter(({ language }) => !checked.has(language)).map(placeOf)).toEqual([]);
    expect(SNIPPETS.filter(({ language, source }) => language === "yaml" && source === undefined).map(placeOf)).toEqual(
      [],
    );
  });
});

/** Lines without their indentation and without comments. */
function meaningfulLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/(^|\s)(\/\/|#).*$/, "").trim())
    .filter((line) => line !== "");
}
