/** So much of a text is looked at here; it is more than any payload keeps. */
const MOST = 32_768;
/** Up to here going through the characters one by one is as quick. */
const LEAST = 128;

/** One piece of memory for all: what is in it is of use until the next text is put there. */
const scratch = Buffer.alloc(MOST);

/**
 * The low bytes of a text's first `length` characters, where going through those pays off: a byte is read five times as
 * fast as a character, which has to be looked for in whatever form the engine keeps the text. An ASCII character is its
 * own low byte, but another character may have the same. The bytes are valid until this is called again.
 */
export function lowBytes(text: string, length: number): Uint8Array | undefined {
  if (length < LEAST || length > MOST) return undefined;
  scratch.write(text, 0, length, "latin1");
  return scratch;
}

/** A set of characters, with room for every byte. */
export function byteSet(marks: Readonly<Uint8Array>): Uint8Array {
  const set = new Uint8Array(256);
  set.set(marks);
  return set;
}

/** The first position from `from` on, before `stop`, of a byte of the set; `stop` where there is none. */
export function nextOf(set: Readonly<Uint8Array>, bytes: Readonly<Uint8Array>, from: number, stop: number): number {
  let at = from;
  // Eight at once: most of a text is none of them.
  for (; at + 8 <= stop; at += 8) {
    const first = mark(set, bytes, at) | mark(set, bytes, at + 1) | mark(set, bytes, at + 2) | mark(set, bytes, at + 3);
    if (first !== 0) break;
    const second =
      mark(set, bytes, at + 4) | mark(set, bytes, at + 5) | mark(set, bytes, at + 6) | mark(set, bytes, at + 7);
    if (second !== 0) break;
  }
  while (at < stop && mark(set, bytes, at) === 0) at++;
  return at;
}

const mark = (set: Readonly<Uint8Array>, bytes: Readonly<Uint8Array>, at: number): number =>
  set[bytes[at] as number] as number;
