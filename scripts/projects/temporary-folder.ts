import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is gone when its user is done; `KEEP_PROJECTS=1` leaves it to be looked at. */
export class TemporaryFolder implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "respan-instructor-")));

  [Symbol.dispose](): void {
    if (process.env.KEEP_PROJECTS === "1") process.stderr.write(`kept ${this.path}\n`);
    else rmSync(this.path, { recursive: true, force: true });
  }
}
