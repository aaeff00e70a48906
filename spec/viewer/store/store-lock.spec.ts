import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryFolder } from "../../../scripts/projects/temporary-folder.js";
import { StoreInUseError, StoreLock } from "../../../lib/viewer/store/store-lock.js";
import { eachTest } from "../../harness/each-test.js";

describe("the lock of a store", () => {
  let folder: string;
  let path: string;
  eachTest(
    () => new TemporaryFolder(),
    (made) => {
      folder = made.path;
      path = join(folder, "lock");
    },
  );

  /** A process that does nothing until it is stopped. */
  async function another(): Promise<ChildProcess & AsyncDisposable> {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    await once(child, "spawn");
    return Object.assign(child, {
      [Symbol.asyncDispose]: async () => {
        const ended = once(child, "exit");
        if (child.exitCode === null && child.signalCode === null && child.kill()) await ended;
      },
    });
  }

  it("is taken and released", () => {
    const lock = StoreLock.take(folder);
    expect(readFileSync(path, "utf8")).toBe(String(process.pid));
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is held by a process that lives", async () => {
    await using holder = await another();
    writeFileSync(path, String(holder.pid));
    expect(() => StoreLock.take(folder)).toThrow(StoreInUseError);
    expect(() => StoreLock.take(folder)).toThrow(`in use by process ${holder.pid}`);
    expect(readFileSync(path, "utf8")).toBe(String(holder.pid));
  });

  it("is not held by a process that is dead", async () => {
    const holder = await another();
    writeFileSync(path, String(holder.pid));
    await holder[Symbol.asyncDispose]();
    StoreLock.take(folder).release();
    expect(existsSync(path)).toBe(false);
  });

  it("is not held by a process that has got a dead one's id", async () => {
    await using holder = await another();
    writeFileSync(path, String(holder.pid));
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(path, longAgo, longAgo);
    StoreLock.take(folder).release();
  });

  it("is not held by this process's own id from an earlier life, as in a container", () => {
    writeFileSync(path, String(process.pid));
    StoreLock.take(folder).release();
  });

  it("is not held by a file that says nothing", () => {
    writeFileSync(path, "garbage");
    const before = new Date(Date.now() - 5_000);
    utimesSync(path, before, before);
    StoreLock.take(folder).release();
  });

  it("stays another's when it has been lost to it", async () => {
    await using other = await another();
    const lock = StoreLock.take(folder);
    writeFileSync(path, String(other.pid));
    lock.release();
    expect(readFileSync(path, "utf8")).toBe(String(other.pid));
  });
});
