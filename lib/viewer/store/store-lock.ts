import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../error-code.js";

/** How often the holder of a lock shows that it is alive. */
const TOUCH_MILLIS = 10_000;
/** A lock that was not touched for so long is not held: its process id belongs to another program by now. */
const STALE_MILLIS = 60_000;

/** Another process writes to the folder. */
export class StoreInUseError extends Error {
  override readonly name = "StoreInUseError";
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(`the store ${folder} is in use by process ${pid}: stop that one, or use another folder`);
    this.pid = pid;
  }
}

/** The lock file of a store: one process writes to the folder at a time, and a dead one does not hold it. */
export class StoreLock {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#timer = setInterval(() => this.#touch(), TOUCH_MILLIS).unref();
  }

  /** Takes the lock; throws a {@link StoreInUseError} where another process holds it. */
  static take(folder: string): StoreLock {
    const path = join(folder, "lock");
    for (let tries = 0; tries < 10; tries++) {
      if (create(path)) return new StoreLock(path);
      const holder = readHolder(path);
      if (holder === undefined) continue;
      if (isAlive(holder)) throw new StoreInUseError(folder, holder.pid);
      setAside(path, holder);
    }
    throw new Error(`the lock ${path} cannot be taken: remove it if no other process uses the store`);
  }

  release(): void {
    clearInterval(this.#timer);
    if (readHolder(this.#path)?.pid === process.pid) rmSync(this.#path, { force: true });
  }

  #touch(): void {
    try {
      const now = new Date();
      utimesSync(this.#path, now, now);
    } catch {
      // The folder was removed by its owner: there is nothing to hold any more.
    }
  }
}

interface Holder {
  readonly pid: number;
  readonly touchedAt: number;
}

function create(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return { pid: Number(readFileSync(path, "utf8")), touchedAt: statSync(path).mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive({ pid, touchedAt }: Holder): boolean {
  // An empty file may be a lock that is being written this moment.
  if (!Number.isInteger(pid) || pid <= 0) return Date.now() - touchedAt < 1_000;
  // A container's processes have the same ids each time it starts.
  if (pid === process.pid || Date.now() - touchedAt > STALE_MILLIS) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Removes a dead lock, unless another process has just replaced it by its own. */
function setAside(path: string, dead: Holder): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const taken = readHolder(aside);
  if (taken !== undefined && (!Object.is(taken.pid, dead.pid) || taken.touchedAt !== dead.touchedAt))
    putBack(aside, path);
  rmSync(aside, { force: true });
}

function putBack(aside: string, path: string): void {
  try {
    linkSync(aside, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}
