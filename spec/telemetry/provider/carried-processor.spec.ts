import { carriedProcessor, SPAN_PROCESSOR_KEY } from "../../../lib/telemetry/provider/carried-processor.js";

const ours = { [SPAN_PROCESSOR_KEY]: true };
const hostile = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new Error("boom");
    },
  },
);

/** An object so many wrappers around another. */
function wrapped(depth: number, inner: object): object {
  let outer = inner;
  for (let at = 0; at < depth; at++) outer = { at, inner: outer };
  return outer;
}

function circular(inner: object): object {
  const ring: Record<string, unknown> = {};
  ring.self = ring;
  ring.next = { back: ring, inner };
  return ring;
}

const crowd = (count: number): object[] => Array.from({ length: count }, () => ({}));

describe("our processor in a provider", () => {
  it("is known to every copy of this package", () => {
    expect(SPAN_PROCESSOR_KEY).toBe(Symbol.for("respan-instructor.span-processor.1"));
  });

  it.each<[string, object]>([
    ["it is itself", ours],
    ["it is the provider's", { _activeSpanProcessor: { _spanProcessors: [{}, ours] } }],
    ["it is six wrappers deep", wrapped(6, ours)],
    ["it stands beside nothing, texts, numbers and functions", { a: null, b: "x", c: 1, d: () => 1, e: ours }],
    ["what holds it goes round in circles", circular(ours)],
    ["it stands beside what cannot be read", { hostile, inner: { hostile, ours } }],
    ["there is a crowd before it", { crowd: crowd(1_900), ours }],
    ["a field that is not listed leads to it", Object.defineProperty({}, "hidden", { value: ours })],
  ])("is found where %s", (_where, provider) => {
    expect(carriedProcessor(provider)).toBe(ours);
  });

  it.each<[string, object]>([
    ["there is none", { _spanProcessors: [{}, {}] }],
    ["it is deeper than any wrapper goes", wrapped(7, ours)],
    ["the provider cannot be read", hostile],
    ["what there is goes round in circles", circular({})],
    ["there are more things than any provider holds", { crowd: crowd(3_000), after: [[ours]] }],
  ])("is not found where %s", (_where, provider) => {
    expect(carriedProcessor(provider)).toBeUndefined();
  });

  it("is not looked for behind accessors, which could do anything", () => {
    let asked = 0;
    const provider = Object.defineProperty({}, "processor", {
      enumerable: true,
      get: () => {
        asked++;
        return ours;
      },
    });
    expect(carriedProcessor(provider)).toBeUndefined();
    expect(asked).toBe(0);
  });
});
