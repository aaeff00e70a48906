/** How much of a value is recorded. */
export interface CaptureBounds {
  /** UTF-8 bytes of the whole text, marks included. Less than 64 counts as 64. */
  readonly maxBytes: number;
  /** Items of one array, members of one object. */
  readonly maxItems: number;
  /** Arrays and objects inside one another; the outermost is the first. More than 200 counts as 200. */
  readonly maxDepth: number;
}

/** Inputs, outputs, messages: 16 KiB, 50 items a collection, 8 levels. */
export const PAYLOAD_BOUNDS: CaptureBounds = Object.freeze({ maxBytes: 16_384, maxItems: 50, maxDepth: 8 });

/** Tool arguments and schemas, which are recorded whole as far as any real one goes: 1 MiB, 100,000 items, 200 levels. */
export const WHOLE_BOUNDS: CaptureBounds = Object.freeze({ maxBytes: 1_048_576, maxItems: 100_000, maxDepth: 200 });

/** The name of a span, an event, a model, a key of metadata: 256 bytes. */
export const NAME_BOUNDS: CaptureBounds = Object.freeze({ ...PAYLOAD_BOUNDS, maxBytes: 256 });

export const LEAST_BYTES = 64;
/** Recursion this deep is safe on a stack that has room for anything. */
export const MOST_DEPTH = 200;
