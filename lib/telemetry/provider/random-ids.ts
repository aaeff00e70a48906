/** The digits' character codes. */
const DIGITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

const digit = (bits: number, shift: number): number => DIGITS[(bits >>> shift) & 15] as number;

const random32 = (): number => (Math.random() * 2 ** 32) >>> 0;

/** Two words as sixteen hexadecimal digits: made of character codes in one go, a third of the way over a buffer. */
function digits(high: number, low: number): string {
  return String.fromCharCode(
    digit(high, 28),
    digit(high, 24),
    digit(high, 20),
    digit(high, 16),
    digit(high, 12),
    digit(high, 8),
    digit(high, 4),
    digit(high, 0),
    digit(low, 28),
    digit(low, 24),
    digit(low, 20),
    digit(low, 16),
    digit(low, 12),
    digit(low, 8),
    digit(low, 4),
    digit(low, 0),
  );
}

/** Sixteen random hexadecimal digits, never all zero, which would be no id. */
export function randomSpanId(): string {
  return digits(random32(), random32() || 1);
}

/** A trace id, drawn but not written down: of most traces that are not recorded nobody asks for it. */
export class RandomTraceId {
  readonly #a = random32();
  readonly #b = random32();
  readonly #c = random32();
  readonly #d = random32() || 1;
  #text: string | undefined;

  /** Thirty-two digits, the same each time. */
  get text(): string {
    return (this.#text ??= digits(this.#a, this.#b) + digits(this.#c, this.#d));
  }

  /** Where the trace stands among all of them, below 2^32: what OpenTelemetry's sampler reads out of the digits. */
  get place(): number {
    return (this.#a ^ this.#b ^ this.#c ^ this.#d) >>> 0;
  }
}
