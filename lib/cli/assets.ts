import { join } from "node:path";

/** A file beside the command: this module stands in `lib/cli`, and in the built command's folder, `dist/cli`. */
export const PAGE_PATH = join(__dirname, "page", "index.html");
