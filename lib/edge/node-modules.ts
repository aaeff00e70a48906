/**
 * As much of Node's modules as is asked for where nothing is traced: the build for edge runtimes and browsers has these
 * in their place.
 */
const tagged =
  (...tags: readonly string[]) =>
  (value: unknown): boolean =>
    tags.includes(Object.prototype.toString.call(value).slice(8, -1));

/** `node:util` */
export const types = {
  isPromise: (value: unknown): boolean => value instanceof Promise,
  isProxy: (): boolean => false,
  isNativeError: (value: unknown): boolean => value instanceof Error,
  isAsyncFunction: tagged("AsyncFunction", "AsyncGeneratorFunction"),
  isGeneratorFunction: tagged("GeneratorFunction", "AsyncGeneratorFunction"),
  isGeneratorObject: tagged("Generator", "AsyncGenerator"),
  isDate: tagged("Date"),
  isRegExp: tagged("RegExp"),
  isMap: tagged("Map"),
  isSet: tagged("Set"),
  isAnyArrayBuffer: tagged("ArrayBuffer", "SharedArrayBuffer"),
  isSharedArrayBuffer: tagged("SharedArrayBuffer"),
  isTypedArray: (value: unknown): boolean => ArrayBuffer.isView(value) && !(value instanceof DataView),
  isDataView: tagged("DataView"),
};

/** `node:events` */
export const errorMonitor: unique symbol = Symbol("events.errorMonitor");

/** `node:crypto`; only spans are told a hash. */
export function createHash(): never {
  throw new Error("respan-instructor: there is no node:crypto here");
}
