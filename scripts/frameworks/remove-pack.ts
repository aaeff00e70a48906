import { rmSync } from "node:fs";
import { FOLDER } from "./pack-once.js";

/** Removes what the run made; `KEEP_PROJECTS=1` leaves it to be looked at. */
export default function removePack(): void {
  const folder = process.env[FOLDER];
  if (folder === undefined) return;
  if (process.env.KEEP_PROJECTS === "1") process.stderr.write(`kept ${folder}\n`);
  else rmSync(folder, { recursive: true, force: true });
}
