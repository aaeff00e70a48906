import { pack } from "../projects/pack.js";
import { TemporaryFolder } from "../projects/temporary-folder.js";

/** Where the specs find the packed package. */
export const PACKED = "RESPAN_INSTRUCTOR_PACKED";
/** The folder with everything that the run makes. */
export const FOLDER = "RESPAN_INSTRUCTOR_FOLDER";

/** Packs the package once for all framework specs. */
export default async function packOnce(): Promise<void> {
  const folder = new TemporaryFolder();
  process.env[FOLDER] = folder.path;
  process.env[PACKED] = (await pack(process.cwd(), folder.path)).tarball;
}
