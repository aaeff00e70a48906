/** What masks credentials in everything that is recorded. */
export interface Redactor {
  /** The text with credentials masked; `undefined` where it must be left out. */
  text(value: string): string | undefined;
  /** Whether the value under an object's key of this name is masked, whatever it is. */
  isSecretKey(key: string): boolean;
}
