import fc from "fast-check";
import { InProcess } from "../../scope/in-process.js";
import { unhandledDuring } from "../unhandled.js";

/** How often a property is tried: `FUZZ_RUNS`, 200 by default. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 200);

/** What a method does, and what its consumer then does with the result. Values are positions among the case's values. */
interface Program {
  readonly course: (typeof COURSES)[number];
  /** What is returned, yielded, resolved or thrown, in this order. */
  readonly steps: readonly number[];
  readonly end: { readonly way: "return" | "throw"; readonly value: number };
  /** Turns of the microtask queue between the steps of what is async. */
  readonly pause: number;
  readonly use: (typeof USES)[number];
  /** After how many items a consumer has enough. */
  readonly enough: number;
}

const COURSES = [
  "sync",
  "async",
  "promise",
  "kept promise",
  "promise with properties",
  "promise of another class",
  "lazy thenable",
  "thenable that settles at once",
  "thenable that throws",
  "thenable that settles twice",
  "thenable by getter",
  "frozen thenable",
  "generator",
  "async generator",
  "returned generator",
  "async iterable",
  "promised async iterable",
  "iterator that answers at once",
  "frozen async iterable",
  "web stream",
  "proxy",
] as const;

const USES = ["ignore", "await", "callbacks", "iterate", "stop early", "throw in", "step by step", "at once"] as const;

type Log = unknown[];

/** The values that pass: results must be these very objects. */
const valuesOf = (): unknown[] => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  return [
    1,
    "text",
    undefined,
    null,
    circular,
    new Error("an error"),
    new Map([[1, 2]]),
    Object.freeze({ frozen: true }),
    () => 1,
    Symbol("s"),
    10n,
    new Proxy(
      {},
      {
        get: (): never => {
          throw new Error("trap");
        },
        ownKeys: (): never => {
          throw new Error("trap");
        },
      },
    ),
    Object.create(null),
    {
      toJSON: (): never => {
        throw new Error("toJSON");
      },
    },
    new Date(Number.NaN),
    class {},
    [1, [2]],
  ];
};

const pauseFor = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
};

/** The method of a program; what it does is written to the log. */
function methodOf({ course, steps, end, pause }: Program, values: readonly unknown[], log: Log): () => unknown {
  const finish = (): unknown => {
    log.push(`end ${end.way}`);
    if (end.way === "throw") throw values[end.value];
    return values[end.value];
  };
  const later = async (): Promise<unknown> => {
    await pauseFor(pause);
    return finish();
  };
  function* items(): Generator<unknown, unknown, unknown> {
    try {
      for (const step of steps) log.push("sent", yield values[step]);
      return finish();
    } finally {
      log.push("closed");
    }
  }
  async function* itemsLater(): AsyncGenerator<unknown, unknown, unknown> {
    try {
      for (const step of steps) {
        await pauseFor(pause);
        // A yielded promise would be awaited; none of the values is one.
        log.push("sent", yield values[step]);
      }
      return finish();
    } finally {
      log.push("closed");
    }
  }
  const settling = (how: (ok: (value: unknown) => void, fail: (reason: unknown) => void) => void): object => ({
    then(ok?: (value: unknown) => void, fail?: (reason: unknown) => void) {
      log.push(`then ${typeof ok} ${typeof fail}`);
      how(
        (value) => ok?.(value),
        (reason) => fail?.(reason),
      );
      return "what then returns";
    },
  });
  const settle = (ok: (value: unknown) => void, fail: (reason: unknown) => void): void => {
    log.push("settles");
    if (end.way === "throw") fail(values[end.value]);
    else ok(values[end.value]);
  };
  const iterable = (): AsyncIterable<unknown> => ({
    [Symbol.asyncIterator]() {
      log.push("iterated");
      return itemsLater();
    },
  });
  let kept: Promise<unknown> | undefined;
  class Special extends Promise<unknown> {
    readonly isSpecial = true;
  }
  class WithGetter {
    get then(): undefined {
      log.push("then is read");
      return undefined;
    }
  }
  const courses: Record<Program["course"], () => unknown> = {
    sync: finish,
    async: later,
    promise: () => later(),
    "kept promise": () => (kept ??= later()),
    // It does not reject: a native promise that comes back itself cannot be observed without being handled.
    "promise with properties": () => Object.assign(Promise.resolve([values[end.value]]), { cancel: () => "cancelled" }),
    "promise of another class": () =>
      new Special((resolve, reject) => {
        later().then(resolve, reject);
      }),
    "lazy thenable": () =>
      settling((ok, fail) => {
        later().then(ok, fail);
      }),
    "thenable that settles at once": () => settling(settle),
    "thenable that throws": () =>
      settling(() => {
        throw values[end.value];
      }),
    "thenable that settles twice": () =>
      settling((ok, fail) => {
        settle(ok, fail);
        settle(ok, fail);
      }),
    // Not enumerable: capture reads what JSON would show, getters included.
    "thenable by getter": () => new WithGetter(),
    "frozen thenable": () => Object.freeze(settling(settle)),
    generator: items,
    "async generator": itemsLater,
    "returned generator": () => items(),
    "async iterable": iterable,
    "promised async iterable": async () => iterable(),
    "iterator that answers at once": () => ({
      [Symbol.asyncIterator]() {
        return items();
      },
    }),
    "frozen async iterable": () => Object.freeze(iterable()),
    "web stream": () => ReadableStream.from(itemsLater()),
    proxy: () => new Proxy(settling(settle), {}),
  };
  return courses[course];
}

/** Uses a result as the program says; everything that a consumer can see is written to the log. */
async function use(
  result: unknown,
  { use: how, enough }: Program,
  values: readonly unknown[],
  log: Log,
): Promise<void> {
  const seen = (what: string, value: unknown): void => {
    const position = values.indexOf(value);
    log.push(what, position < 0 ? describe(value) : position);
  };
  const note = (what: string) => (value: unknown) => {
    seen(what, value);
  };
  if (how === "ignore") return;
  if (how === "callbacks" && isThenable(result)) {
    note("then returns")(typeof result.then(note("fulfilled"), note("rejected")));
    await pauseFor(20);
    return;
  }
  const iterator = iteratorOf(result);
  if (how === "await" || iterator === undefined) {
    note("awaited")(await result);
    return;
  }
  if (how === "step by step" || how === "throw in") {
    for (let step = 0; step <= enough; step++) {
      const answer = await iterator.next(step);
      seen(answer.done === true ? "done" : "item", answer.value);
    }
    if (how === "throw in" && typeof iterator.throw === "function") {
      const answer = await iterator.throw(values[enough % values.length]);
      seen(answer.done === true ? "done" : "item", answer.value);
    }
  } else if (how === "at once") {
    const answers = Array.from({ length: enough + 1 }, async () => iterator.next());
    for (const answer of await Promise.allSettled(answers)) {
      if (answer.status === "rejected") seen("step rejected", answer.reason);
      else seen(answer.value.done === true ? "done" : "item", answer.value.value);
    }
  } else {
    let count = 0;
    for await (const item of result as AsyncIterable<unknown>) {
      seen("item", item);
      if (how === "stop early" && ++count > enough) break;
    }
  }
}

const describe = (value: unknown): string =>
  typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);

const isThenable = (value: unknown): value is { then: (...callbacks: unknown[]) => unknown } =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

function iteratorOf(value: unknown): AsyncIterator<unknown, unknown, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { [Symbol.asyncIterator]: iterateLater, [Symbol.iterator]: iterate } = value as Partial<
    AsyncIterable<unknown> & Iterable<unknown>
  >;
  const iterator: unknown = iterateLater?.call(value) ?? (Array.isArray(value) ? undefined : iterate?.call(value));
  return iterator as AsyncIterator<unknown, unknown, unknown> | undefined;
}

/** Everything that can be seen of a program's run. */
async function run(program: Program, values: readonly unknown[], decorate: (method: () => unknown) => () => unknown) {
  const log: Log = [];
  const method = decorate(methodOf(program, values, log));
  const unhandled = await unhandledDuring(async () => {
    for (let call = 0; call < 2; call++) {
      log.push("called");
      try {
        const result = method();
        log.push("returned");
        await use(result, program, values, log);
      } catch (error) {
        log.push("caught", values.indexOf(error), describeError(error));
      }
    }
  });
  return { log, unhandled: unhandled.map((reason) => values.indexOf(reason)) };
}

const describeError = (error: unknown): string => (error instanceof Error ? error.message : typeof error);

const programs: fc.Arbitrary<Program> = fc.record({
  course: fc.constantFrom(...COURSES),
  steps: fc.array(fc.nat(16), { maxLength: 4 }),
  end: fc.record({ way: fc.constantFrom("return", "throw"), value: fc.nat(16) }),
  pause: fc.nat(2),
  use: fc.constantFrom(...USES),
  enough: fc.nat(3),
});

/**
 * A decorated method is the method, to whoever looks at what it does.
 * @param decorate decorates a method by the calling convention under test
 */
export function equivalence(decorate: (method: () => unknown) => () => unknown): void {
  it("a decorated method cannot be told from the plain one by what it does", async () => {
    const values = valuesOf();
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const plain = await run(program, values, (method) => method);
        const host = new InProcess();
        try {
          expect(await run(program, values, decorate)).toEqual(plain);
        } finally {
          host[Symbol.dispose]();
        }
      }),
      { numRuns: RUNS },
    );
  }, 1_800_000);
}
