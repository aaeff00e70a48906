import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder, removed on disposal. `KEEP_PROJECTS=1` keeps it for inspection. */
export class TemporaryFolder implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "respan-instructor-")));

  [Symbol.dispose](): void {
    if (process.env.KEEP_PROJECTS === "1") process.stderr.write(`kept ${this.path}\n`);
    else rmSync(this.path, { recursive: true, force: true });
  }
}
