import { Reader } from "protobufjs/minimal";
import { MalformedBodyError } from "./spans.js";

/** A message in OTLP's JSON form, as far as it has been read. */
type Draft = Record<string, unknown>;

/** How the value of a field is read, and the wire type that protobuf gives it. */
interface FieldType {
  readonly wireType: number;
  read(reader: Reader, depth: number): unknown;
}

interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly isRepeated?: boolean;
}

/** The fields of a message by their number. */
type Message = Readonly<Record<number, Field>>;

/** Messages nest as deep as a sender likes; this process's stack does not. */
const MAX_NESTING = 200;

/**
 * Reads an `ExportTraceServiceRequest` into its JSON form: only the fields that the page shows, and without the code that
 * protobufjs would otherwise generate while it runs.
 */
export function readRequest(body: Uint8Array): Draft {
  try {
    const reader = new Reader(body);
    return readMessage(reader, reader.len, REQUEST, 0);
  } catch (error) {
    if (error instanceof MalformedBodyError) throw error;
    throw new MalformedBodyError("the body is not an OTLP trace request in protobuf", { cause: error });
  }
}

function readMessage(reader: Reader, end: number, message: Message, depth: number): Draft {
  if (depth > MAX_NESTING) throw new MalformedBodyError("the body nests too deeply");
  if (end > reader.len) throw new MalformedBodyError("a message is longer than the body");
  const draft: Draft = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = message[tag >>> 3];
    if (field === undefined) reader.skipType(tag & 7);
    else if (field.type.wireType !== (tag & 7)) throw new MalformedBodyError("a field is of another type");
    else set(draft, field, field.type.read(reader, depth));
  }
  if (reader.pos !== end) throw new MalformedBodyError("a field is longer than its message");
  return draft;
}

function set(draft: Draft, { name, isRepeated }: Field, value: unknown): void {
  const list = draft[name];
  if (isRepeated !== true) draft[name] = value;
  else if (Array.isArray(list)) list.push(value);
  else draft[name] = [value];
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

const text: FieldType = { wireType: LENGTH_DELIMITED, read: (reader) => reader.string() };
const boolean: FieldType = { wireType: VARINT, read: (reader) => reader.bool() };
const choice: FieldType = { wireType: VARINT, read: (reader) => reader.int32() };
/** A 64-bit integer as JSON carries it: as text. */
const integer: FieldType = {
  wireType: VARINT,
  read: (reader) => {
    const { high, low } = reader.int64();
    return ((BigInt(high) << 32n) | BigInt(low >>> 0)).toString();
  },
};
const double: FieldType = { wireType: FIXED64, read: (reader) => reader.double() };
/** Exact to 256 nanoseconds, which is finer than the page shows. */
const nanoseconds: FieldType = {
  wireType: FIXED64,
  read: (reader) => {
    const low = reader.fixed32();
    return reader.fixed32() * 2 ** 32 + low;
  },
};
const id: FieldType = { wireType: LENGTH_DELIMITED, read: (reader) => encoded(reader.bytes(), "hex") };
const base64: FieldType = { wireType: LENGTH_DELIMITED, read: (reader) => encoded(reader.bytes(), "base64") };

function encoded({ buffer, byteOffset, byteLength }: Uint8Array, encoding: "hex" | "base64"): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString(encoding);
}

/** The message is named by a function, because messages contain one another. */
function nested(message: () => Message): FieldType {
  return {
    wireType: LENGTH_DELIMITED,
    read: (reader, depth) => {
      const length = reader.uint32();
      return readMessage(reader, reader.pos + length, message(), depth + 1);
    },
  };
}

function field(name: string, type: FieldType): Field {
  return { name, type };
}

function child(name: string, message: () => Message): Field {
  return { name, type: nested(message) };
}

function children(name: string, message: () => Message): Field {
  return { name, type: nested(message), isRepeated: true };
}

const ANY_VALUE: Message = {
  1: field("stringValue", text),
  2: field("boolValue", boolean),
  3: field("intValue", integer),
  4: field("doubleValue", double),
  5: child("arrayValue", () => ARRAY_VALUE),
  6: child("kvlistValue", () => KEY_VALUE_LIST),
  7: field("bytesValue", base64),
};

const ARRAY_VALUE: Message = {
  1: children("values", () => ANY_VALUE),
};

const KEY_VALUE_LIST: Message = {
  1: children("values", () => KEY_VALUE),
};

const KEY_VALUE: Message = {
  1: field("key", text),
  2: child("value", () => ANY_VALUE),
};

const EVENT: Message = {
  1: field("timeUnixNano", nanoseconds),
  2: field("name", text),
  3: children("attributes", () => KEY_VALUE),
};

const LINK: Message = {
  1: field("traceId", id),
  2: field("spanId", id),
  4: children("attributes", () => KEY_VALUE),
};

const STATUS: Message = {
  2: field("message", text),
  3: field("code", choice),
};

const SPAN: Message = {
  1: field("traceId", id),
  2: field("spanId", id),
  4: field("parentSpanId", id),
  5: field("name", text),
  6: field("kind", choice),
  7: field("startTimeUnixNano", nanoseconds),
  8: field("endTimeUnixNano", nanoseconds),
  9: children("attributes", () => KEY_VALUE),
  11: children("events", () => EVENT),
  13: children("links", () => LINK),
  15: child("status", () => STATUS),
};

const SCOPE: Message = {
  1: field("name", text),
  2: field("version", text),
};

const SCOPE_SPANS: Message = {
  1: child("scope", () => SCOPE),
  2: children("spans", () => SPAN),
};

const RESOURCE: Message = {
  1: children("attributes", () => KEY_VALUE),
};

const RESOURCE_SPANS: Message = {
  1: child("resource", () => RESOURCE),
  2: children("scopeSpans", () => SCOPE_SPANS),
};

const REQUEST: Message = {
  1: children("resourceSpans", () => RESOURCE_SPANS),
};
