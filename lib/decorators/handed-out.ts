/** Returns what it is given, so that a class below can put its private field on any object. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- only a constructor can do this
class Given {
  constructor(object: object) {
    return object;
  }
}

/**
 * The promise that a caller got in place of another, kept in a private field of that other one: nobody can see it, and
 * it costs a thirtieth of what a `WeakMap` entry for every promise does.
 */
export class HandedOut extends Given {
  readonly #promise: Promise<unknown>;

  /** Remembers `promise` as what is handed out for `original`. */
  constructor(original: Promise<unknown>, promise: Promise<unknown>) {
    super(original);
    this.#promise = promise;
  }

  /** What was handed out for a promise, or `undefined`. */
  static for(original: Promise<unknown>): Promise<unknown> | undefined {
    return #promise in original ? original.#promise : undefined;
  }
}
