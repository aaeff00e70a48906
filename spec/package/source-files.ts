import { readdirSync } from "node:fs";
import { join } from "node:path";

const LIB = join(__dirname, "../../lib");

/** The paths of all source files of the package. */
export function sourceFiles(): string[] {
  return readdirSync(LIB, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(LIB, file));
}
