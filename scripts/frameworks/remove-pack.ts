import { rmSync } from "node:fs";
import { FOLDER } from "./pack-once.js";

/** Removes the run's files. `KEEP_PROJECTS=1` keeps them for inspection. */
export default function removePack(): void {
  const folder = process.env[FOLDER];
  if (folder === undefined) return;
  if (process.env.KEEP_PROJECTS === "1") process.stderr.write(`kept ${folder}\n`);
  else rmSync(folder, { recursive: true, force: true });
}
