/**
 * Nothing is recorded where nothing is traced: the build for edge runtimes and browsers has this in place of what turns
 * values into masked text, which is made for Node's buffers.
 */
import type { Redactor } from "../capture/masking/redactor.js";

export { NAME_BOUNDS, PAYLOAD_BOUNDS, WHOLE_BOUNDS } from "../capture/bounds.js";

/** Leaves every text out. */
export const DEFAULT_REDACTOR: Redactor = {
  seesNumbers: false,
  text: () => undefined,
  fieldKind: () => undefined,
};

export const lookingOnce = (redactor: Redactor): Redactor => redactor;

export const captureJson = (): undefined => undefined;
export const captureText = captureJson;
export const captureSchema = captureJson;
export const detached = (text: string): string => text;
export const byteLength = (text: string): number => text.length;
export const cutEvenly = detached;
export const fitContent = <Content>(content: Content): Content => content;
export const maskedAttribute = captureJson;
export const maskedName = captureJson;
