const FIELD = /^[\w$.-]*$/;
const LONGEST = 64;

/** Whether this is what names of fields look like. Other keys are data that is used as a name: an address, a sentence. */
export function isFieldName(key: string): boolean {
  return key.length <= LONGEST && FIELD.test(key);
}
