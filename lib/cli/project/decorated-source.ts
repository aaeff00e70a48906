import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SOURCE = /(?<!\.d)\.[mc]?tsx?$/;
const NOT_SOURCES = /^(node_modules|dist|build|out|coverage|\..*)$/;
const DECORATOR = /^\s*@(Workflow|Task|Agent|Tool)\b/m;
/** More files than that are not looked at. */
const MOST_FILES = 2_000;

/** A TypeScript file beneath the folder that decorates a method, where there is one. */
export function decoratedSource(folder: string): string | undefined {
  const waiting = [folder];
  let left = MOST_FILES;
  for (let at = waiting.pop(); at !== undefined && left > 0; at = waiting.pop()) {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory() && !NOT_SOURCES.test(entry.name)) waiting.push(path);
      if (!entry.isFile() || !SOURCE.test(entry.name)) continue;
      left--;
      if (DECORATOR.test(readFileSync(path, "utf8"))) return path;
    }
  }
  return undefined;
}
