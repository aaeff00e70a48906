/** A query's answer in ClickHouse's format `JSONCompact`. */
export interface TableText {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly (string | number)[])[];
}

/** The first revision whose columns have a flag for custom serialization. */
const CUSTOM_SERIALIZATION = 54_454;

/** A block of ClickHouse's Native format, of columns of `String` and `UInt32`, as a server sends it to a client. */
export function nativeBlock({ meta, data }: TableText, revision: number): Buffer {
  const info = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0]);
  const columns = meta.flatMap(({ name, type }, index) => [
    text(name),
    text(type),
    Buffer.alloc(revision >= CUSTOM_SERIALIZATION ? 1 : 0),
    ...data.map((row) => cell(type, row[index] ?? "")),
  ]);
  return Buffer.concat([info, variableLength(meta.length), variableLength(data.length), ...columns]);
}

function cell(type: string, value: string | number): Buffer {
  if (type === "String") return text(String(value));
  if (type !== "UInt32") throw new Error(`a column of ${type} is not written`);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Number(value));
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([variableLength(bytes.length), bytes]);
}

/** Seven bits a byte, the lowest first. */
function variableLength(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return Buffer.from([...bytes, value]);
}
