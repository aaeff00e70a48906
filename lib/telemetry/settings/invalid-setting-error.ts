/**
 * Thrown at construction for an option or an environment variable that cannot be used: says which, what it got
 * (secrets masked) and what it wants.
 * @example
 * ```ts
 * new RespanTelemetry({ sampleRate: 2 }); // InvalidSettingError: option "sampleRate" must be a number from 0 to 1, got 2
 * ```
 */
export class InvalidSettingError extends TypeError {
  override readonly name: string = "InvalidSettingError";

  constructor(
    message: string,
    /** The option or the environment variable. */
    readonly setting: string,
  ) {
    super(`respan-instructor: ${message}`);
  }
}
