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

/**
 * Tool arguments and schemas, which are recorded whole as far as any real one goes: 1 MiB, 100,000 items, 200 levels.
 */
export const WHOLE_BOUNDS: CaptureBounds = Object.freeze({ maxBytes: 1_048_576, maxItems: 100_000, maxDepth: 200 });

/** The name of a span, an event, a model, a key of metadata: 256 bytes. */
export const NAME_BOUNDS: CaptureBounds = Object.freeze({ ...PAYLOAD_BOUNDS, maxBytes: 256 });

/** What the contents of one span take at most, all together, tool arguments and schemas apart: 512 KiB. */
export const SPAN_BYTES = 524_288;

/** The option `limits`; all are optional. */
export interface LimitsOption {
  /**
   * UTF-8 bytes of one value, from 1,024 to 524,288. Variable: `RESPAN_LIMIT_PAYLOAD_BYTES`. Default: 65,536 for a
   * message and the result of a structured call, 16,384 for arguments, results and errors of decorated methods.
   */
  readonly payloadBytes?: number | undefined;
  /** Items of an array or members of an object, from 1 to 100,000. Variable: `RESPAN_LIMIT_ITEMS`. Default: 50. */
  readonly items?: number | undefined;
  /** Levels of nested arrays and objects, from 1 to 200. Variable: `RESPAN_LIMIT_DEPTH`. Default: 8. */
  readonly depth?: number | undefined;
}

/** How much is recorded, by where it stands. */
export interface CaptureLimits {
  /** A message, a prompt, the result of a structured call. */
  readonly chat: CaptureBounds;
  /** Everything else that is bounded as a payload. */
  readonly payload: CaptureBounds;
}

/** A document is what Instructor is for. */
const CHAT_BYTES = 65_536;

/** The limits that follow from an option. */
export function captureLimits({ payloadBytes, items, depth }: LimitsOption = {}): CaptureLimits {
  const maxItems = items ?? PAYLOAD_BOUNDS.maxItems;
  const maxDepth = depth ?? PAYLOAD_BOUNDS.maxDepth;
  const bounds = (maxBytes: number): CaptureBounds => Object.freeze({ maxBytes, maxItems, maxDepth });
  return { chat: bounds(payloadBytes ?? CHAT_BYTES), payload: bounds(payloadBytes ?? PAYLOAD_BOUNDS.maxBytes) };
}

export const DEFAULT_LIMITS: CaptureLimits = captureLimits();

export const LEAST_BYTES = 64;
/** Recursion this deep is safe on a stack that has room for anything. */
export const MOST_DEPTH = 200;

/**
 * What stands where a credential was. Nothing that looks for credentials matches it, so masking twice changes nothing.
 */
export const MASK = "[redacted]";
/**
 * Where something was cut: at the end of a text, as the last item of an array, as the value of the last member `"..."`.
 * In ASCII: one sign beyond Latin-1 would double the memory of the whole text.
 */
export const CUT = "...[cut]";
/** Stands for an array or object that contains itself, where it comes round again. */
export const CIRCULAR = "[circular]";
/** Stands for a value that threw when it was read. */
export const UNREADABLE = "[unreadable]";
