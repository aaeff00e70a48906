import { DEFAULT_REDACTOR } from "../capture/masking/redaction.js";
import type { Redactor } from "../capture/masking/redactor.js";

/** That much of what follows a run is looked at, so that no beginning of a credential stands at its end. */
const AHEAD = 256;

/**
 * Texts that came one after the other, as the pieces of a streamed answer do. Each was masked for itself, which shows
 * nothing of a credential that was cut in two.
 */
export class TextRun {
  #ahead = "";
  readonly #pieces: string[];

  constructor(first: string) {
    this.#pieces = [first];
  }

  add(piece: string): void {
    this.#pieces.push(piece);
  }

  /** Text that is not recorded any more; `false` where no more of it is wanted. */
  lookAt(piece: string): boolean {
    this.#ahead += piece.slice(0, AHEAD);
    return this.#ahead.length < AHEAD;
  }

  /** The whole text, masked, where that shows a credential which its pieces do not; otherwise `undefined`. */
  hiding(redactor: Redactor): string | undefined {
    if (this.#pieces.length < 2 && this.#ahead === "") return undefined;
    // What a user's function makes of a text says nothing about where it was cut.
    const rules = redactor.name === undefined ? redactor : DEFAULT_REDACTOR;
    const joined = this.#pieces.join("");
    const whole = rules.text(joined + this.#ahead, undefined, joined.length);
    const apart = this.#pieces.map((piece) => rules.text(piece) ?? "").join("");
    return whole === apart ? undefined : (whole ?? "");
  }
}
