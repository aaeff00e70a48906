import { closeSync, createReadStream, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ApiSpan } from "../api.js";
import type { ReceivedSpan } from "../otlp/spans.js";
import { StoreLock } from "./store-lock.js";

export interface SegmentLimits {
  /** A segment that has grown beyond this is followed by a new one. */
  readonly maxSegmentBytes: number;
  /** The oldest segments are deleted while all of them together have more. */
  readonly maxTotalBytes: number;
}

export const DEFAULT_SEGMENT_LIMITS: SegmentLimits = {
  maxSegmentBytes: 16 * 1024 * 1024,
  maxTotalBytes: 256 * 1024 * 1024,
};

const SEGMENT = /^spans-(\d{8})\.jsonl$/;

/**
 * The spans of a folder: JSON lines in segments that are only ever appended to, each line a span as the API shows it with
 * its `traceId`. Only its owner may read the files.
 */
export class Segments {
  readonly #folder: string;
  readonly #limits: SegmentLimits;
  readonly #lock: StoreLock;
  #file: { readonly descriptor: number; bytes: number } | undefined;

  /** Takes the folder, which is made where it is not there; throws where another process holds it. */
  constructor(folder: string, limits: SegmentLimits = DEFAULT_SEGMENT_LIMITS) {
    this.#folder = folder;
    this.#limits = limits;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#lock = StoreLock.take(folder);
  }

  /** Hands out what earlier processes wrote, the oldest first; answers how many lines could not be read. */
  read(take: (span: ReceivedSpan) => void): Promise<number> {
    return readSegments(this.#folder, take);
  }

  /** Appends spans; what has been written is in the file when this returns. */
  append(spans: readonly ReceivedSpan[]): void {
    if (spans.length === 0) return;
    const lines = Buffer.from(spans.map(({ traceId, span }) => `${JSON.stringify({ traceId, ...span })}\n`).join(""));
    const file = (this.#file ??= this.#begin());
    for (let written = 0; written < lines.length;) written += writeSync(file.descriptor, lines, written);
    file.bytes += lines.length;
    if (file.bytes >= this.#limits.maxSegmentBytes) this.#end();
  }

  close(): void {
    this.#end();
    this.#lock.release();
  }

  /** A new segment: the last line of an earlier one may be torn, and is left as it is. */
  #begin(): { descriptor: number; bytes: number } {
    this.#deleteOldest();
    const last = namesIn(this.#folder).at(-1) ?? "";
    const number = Number(SEGMENT.exec(last)?.[1] ?? 0) + 1;
    const path = join(this.#folder, `spans-${String(number).padStart(8, "0")}.jsonl`);
    return { descriptor: openSync(path, "ax", 0o600), bytes: 0 };
  }

  #end(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  #deleteOldest(): void {
    const paths = namesIn(this.#folder).map((name) => join(this.#folder, name));
    const sizes = paths.map((path) => statSync(path).size);
    let total = sizes.reduce((sum, size) => sum + size, 0);
    const { maxTotalBytes, maxSegmentBytes } = this.#limits;
    // The new one needs room as well.
    for (let index = 0; total > maxTotalBytes - maxSegmentBytes && index < paths.length; index++) {
      rmSync(paths[index] ?? "", { force: true });
      total -= sizes[index] ?? 0;
    }
  }
}

/**
 * Reads what a folder holds, the oldest first, also while another process writes to it; answers how many lines could not
 * be read.
 */
export async function readSegments(folder: string, take: (span: ReceivedSpan) => void): Promise<number> {
  let unreadable = 0;
  for (const name of namesIn(folder)) {
    const lines = createInterface({ input: createReadStream(join(folder, name)), crlfDelay: Infinity });
    for await (const line of lines) {
      const span = spanIn(line);
      if (span !== undefined) take(span);
      else if (line !== "") unreadable++;
    }
  }
  return unreadable;
}

function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => SEGMENT.test(name))
    .sort();
}

function spanIn(line: string): ReceivedSpan | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isStored(value)) return undefined;
    const { traceId, ...span } = value;
    return { traceId, span };
  } catch {
    return undefined;
  }
}

/** Whether a line is what {@link Segments.append} writes, as far as the rest of the program relies on it. */
function isStored(value: unknown): value is ApiSpan & { readonly traceId: string } {
  if (typeof value !== "object" || value === null) return false;
  const { traceId, spanId, name, attributes, events, links, resource, status, scope, startTime, durationMs } =
    value as Record<string, unknown>;
  return (
    [traceId, spanId, name].every((text) => typeof text === "string") &&
    [startTime, durationMs].every((time) => typeof time === "number") &&
    [attributes, resource, status, scope].every((part) => typeof part === "object" && part !== null) &&
    Array.isArray(events) &&
    Array.isArray(links)
  );
}
