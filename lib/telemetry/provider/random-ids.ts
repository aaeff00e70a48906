/** The digits' character codes. */
const DIGITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

const digit = (bits: number, shift: number): number => DIGITS[(bits >>> shift) & 15] as number;

const random32 = (): number => (Math.random() * 2 ** 32) >>> 0;

/**
 * Sixteen random hexadecimal digits, never all zero, which would be no id. Every span needs one; made of character codes
 * in one go it takes a third of what OpenTelemetry's own takes by way of a buffer.
 */
export function randomSpanId(): string {
  const high = random32();
  const low = random32() || 1;
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

/** Thirty-two of them, for a trace. */
export function randomTraceId(): string {
  return randomSpanId() + randomSpanId();
}
