import { readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { sourceFiles } from "./source-files.js";

/** What each file of `lib` imports from `lib`, types included. */
function importsOf(files: readonly string[]): Map<string, string[]> {
  return new Map(
    files.map((file) => [
      file,
      [...readFileSync(file, "utf8").matchAll(/\b(?:from|import\()\s*"(\.[^"]+)\.js"/g)].flatMap(([, path = ""]) => {
        const imported = normalize(join(file, "..", path));
        return files.find((other) => other === `${imported}.ts` || other === `${imported}.tsx`) ?? [];
      }),
    ]),
  );
}

/** The first path found from a file back to itself, for each file that has one and is on none found before. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start !== -1) found.push([...way.slice(start), file]);
    if (start !== -1 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

describe("the files of lib", () => {
  it("import each other in no circle, not even for types", () => {
    const imports = importsOf(sourceFiles());
    expect([...imports.values()].flat().length).toBeGreaterThan(300);
    expect(circles(imports)).toEqual([]);
  });
});
