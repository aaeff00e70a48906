import { homedir } from "node:os";
import { join } from "node:path";

/** The folder for built and installed servers. `RESPAN_INSTRUCTOR_CACHE` overrides it. */
export const CACHE = process.env.RESPAN_INSTRUCTOR_CACHE ?? join(homedir(), ".cache", "respan-instructor");

/** A real part cannot be had on this machine. */
export class MissingPart extends Error {
  constructor(part: string, how: string, why: unknown) {
    super(`missing: ${part}. ${how} (${why instanceof Error ? (why.message.split("\n")[0] ?? "") : String(why)})`);
    this.name = "MissingPart";
  }
}
