import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { PAGES, ROOT, snippetsOf, textOf } from "./pages.js";

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };

/** A page's text outside its fenced blocks. */
const proseOf = (page: string): string => textOf(page).replaceAll(/^```[\s\S]*?^```$/gm, "");

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(page).matchAll(/^#+ (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Targets of links and pictures that lie in the repository. */
const localLinksOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^https?:/.test(target));

function missing(page: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, file))) return `there is no ${file}`;
  if (anchor !== undefined && !anchorsOf(file).has(anchor)) return `${file} has no heading #${anchor}`;
  return undefined;
}

describe.each(PAGES)("%s", (page) => {
  it("links to what is there", () => {
    const broken = localLinksOf(page).flatMap((target) => missing(page, target) ?? []);
    expect(broken).toEqual([]);
  });

  it("names files that are there, or that a command makes", () => {
    const named = [...proseOf(page).matchAll(/`((?:samples|docs|lib|spec|scripts|bench)\/[\w./-]+)`/g)].map(
      ([, path = ""]) => path,
    );
    expect(named.filter((path) => path !== "docs/api" && !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it("names commands that package.json has", () => {
    const text = [proseOf(page), ...snippetsOf(page).map(({ code }) => code)].join("\n");
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe("the documents", () => {
  it("are all reached from the README", () => {
    const reached = new Set<string>();
    const walk = (page: string): void => {
      if (reached.has(page)) return;
      reached.add(page);
      for (const target of localLinksOf(page)) {
        const path = target.split("#")[0] ?? "";
        if (path.endsWith(".md")) walk(normalize(join(dirname(page), path)));
      }
    };
    walk("README.md");
    expect(PAGES.filter((page) => !reached.has(page) && page !== "CHANGELOG.md")).toEqual([]);
  });

  it("are all on the docs site (typedoc.json)", () => {
    const { projectDocuments } = JSON.parse(readFileSync(join(ROOT, "typedoc.json"), "utf8")) as {
      projectDocuments: string[];
    };
    const elsewhere = ["README.md", "SKILL.md"];
    expect(projectDocuments.toSorted()).toEqual(PAGES.filter((page) => !elsewhere.includes(page)).sort());
  });

  it("list every command in CONTRIBUTING.md", () => {
    const listed = new Set(
      [...textOf("CONTRIBUTING.md").matchAll(/`npm (?:run )?([\w:]+)/g)].map(([, name = ""]) => name),
    );
    expect(Object.keys(scripts).filter((name) => !listed.has(name))).toEqual([]);
  });

  it("name no variable that nothing reads", () => {
    const known = new Set(
      [
        ...readFileSync(join(ROOT, "lib/wire/environment.ts"), "utf8").matchAll(/\b(?:RESPAN|OTEL|TRACELOOP)_[A-Z_]+/g),
      ].map(([name]) => name),
    );
    const named = new Set(
      PAGES.flatMap((page) =>
        [...textOf(page).matchAll(/\b(?:RESPAN|TRACELOOP)_[A-Z_]*[A-Z]\b/g)].map(([name]) => name),
      ),
    );
    expect([...named].filter((name) => !known.has(name))).toEqual([]);
  });
});
