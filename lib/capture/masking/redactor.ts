import type { FieldKind } from "./secret-values.js";

/** What masks credentials in everything that is recorded. */
export interface Redactor {
  /**
   * The text with credentials masked; `undefined` where it must be left out.
   *
   * @param value The text.
   * @param key The nearest object key that it stands under.
   * @param limit How many characters of `value` are wanted. A credential that begins before the limit is masked whole,
   *   what begins after it is not read; so a text can be bounded without leaving half a credential at its end.
   */
  text(value: string, key?: string, limit?: number): string | undefined;
  /** The name of a member with credentials masked, of which the first `limit` characters are wanted; without this, {@link text}. */
  name?(name: string, limit: number): string | undefined;
  /** Which kind of value is masked under an object's key of this name. */
  fieldKind(key: string): FieldKind | undefined;
  /** Whether {@link text} is to be asked about numbers too. */
  readonly seesNumbers: boolean;
  /** Whether {@link text} does the same whatever the key. */
  readonly ignoresKeys?: boolean | undefined;
  /** Of one that remembers for another: that other, which judges names. */
  readonly within?: Redactor | undefined;
}
