import { join } from "node:path";

/** Files beside the command: this module stands in `lib/cli`, and in the built command's folder, `dist/cli`. */
export const PAGE_PATH = join(__dirname, "page", "index.html");
export const PROBE_PATH = join(__dirname, "doctor", "probe.js");

/** The package's own folder. */
export const PACKAGE_FOLDER = join(__dirname, "../..");
