import type { Workshop } from "./workshop.js";

/** One little project of the matrix. */
export interface Cell {
  readonly group: string;
  readonly name: string;
  /**
   * Makes the project, runs it and checks what arrived.
   * @returns what it saw, in a few words
   * @throws a {@link Missing} where a part cannot be had here, anything else where the package does not fit
   */
  run(workshop: Workshop): Promise<string>;
}

/** A part that a cell needs cannot be had on this machine. */
export class Missing extends Error {
  constructor(part: string, why: unknown) {
    super(`${part} is missing: ${why instanceof Error ? why.message : String(why)}`);
    this.name = "Missing";
  }
}

/** How a cell ended. */
export interface Outcome {
  readonly cell: Cell;
  readonly result: "passed" | "failed" | "missing";
  /** The result, or the reason of the failure. */
  readonly saw: string;
  readonly seconds: number;
}
