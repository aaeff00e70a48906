import { callList } from "../../../lib/viewer/analysis/call-list.js";
import { costReport } from "../../../lib/viewer/analysis/costs.js";
import { spanOf, storeOf } from "./structured-call.js";
import type { Call } from "./structured-call.js";
import { received } from "../spans.js";

const ok = { outcome: "success", tokens: [1_000, 100] } as const;
const bad = { outcome: "validation_error", tokens: [1_000, 100] } as const;

/** A call of one attempt with `small` costs 0.0014, with `large` 0.014. */
const CALLS: readonly Call[] = [
  { at: 3, customer: "acme", thread: "a2", attempts: [ok] },
  { at: 1, customer: "acme", thread: "a1", model: "large", attempts: [bad, ok] },
  { at: 2, customer: "acme", thread: "a1", attempts: [ok] },
  { at: 4, customer: "globex", attempts: [ok] },
  { at: 5, customer: "globex", model: "own-model", attempts: [ok] },
  { at: 6, attempts: [{ outcome: "provider_error" }], isFailed: true },
];

const usd = (value: number) => expect.closeTo(value, 10) as number;

describe("what calls cost", () => {
  it("is summed by customer, the dearest first, and what is not known is counted", () => {
    const { rows, total } = costReport(storeOf(CALLS), "customer", {});
    expect(
      rows.map(({ key, calls, threads, cost, failedCost }) => ({ key, calls, threads, cost, failedCost })),
    ).toEqual([
      {
        key: "acme",
        calls: 3,
        threads: 2,
        cost: { usd: usd(0.0308), unknownCalls: 0 },
        failedCost: { usd: usd(0.014), unknownCalls: 0 },
      },
      {
        key: "globex",
        calls: 2,
        threads: 0,
        cost: { usd: usd(0.0014), unknownCalls: 1 },
        failedCost: { unknownCalls: 0 },
      },
      { key: undefined, calls: 1, threads: 0, cost: { unknownCalls: 1 }, failedCost: { unknownCalls: 1 } },
    ]);
    expect(total).toMatchObject({
      calls: 6,
      threads: 2,
      cost: { usd: usd(0.0322), unknownCalls: 2 },
      firstCallAt: 1,
      lastCallAt: 6,
    });
  });

  it("follows the traces as they change and go", () => {
    const store = storeOf(CALLS.slice(0, 2), { maxTraces: 2 });
    const seen = () => costReport(store, "model", {}).rows.map(({ key, cost }) => [key, cost.usd]);
    expect(seen()).toEqual([
      ["large", usd(0.028)],
      ["small", usd(0.0014)],
    ]);
    // The second call again, as another model answered it: then another call, for which the first one goes.
    store.add([spanOf("2", { ...CALLS[1]!, model: "small" })]);
    expect(seen()).toEqual([["small", usd(0.0042)]]);
    store.add([spanOf("3", CALLS[2]!)]);
    expect(seen()).toEqual([["small", usd(0.0042)]]);
    expect(costReport(store, "thread", {}).rows.map(({ key }) => key)).toEqual(["a1"]);
  });

  it("is summed by thread of one customer", () => {
    const { rows } = costReport(storeOf(CALLS), "thread", { customer: "acme" });
    expect(rows.map(({ key, cost }) => [key, cost.usd])).toEqual([
      ["a1", usd(0.0294)],
      ["a2", usd(0.0014)],
    ]);
  });

  it("is counted once where other spans repeat a call's usage", () => {
    const usage = {
      "gen_ai.usage.input_tokens": 1_000,
      "gen_ai.usage.output_tokens": 100,
      "gen_ai.request.model": "small",
    };
    const store = storeOf([]);
    const child = (spanId: string, parent: string, attributes: object) =>
      received("1", spanId, { parentSpanId: parent.padStart(16, "0"), attributes: { ...usage, ...attributes } });
    store.add([
      // An agent's span that sums up what is below it, a structured call, and the provider's client below that.
      received("1", "1", { attributes: usage }),
      child("2", "1", { "instructor.response_model": "Ticket" }),
      child("3", "2", {}),
      child("4", "1", {}),
    ]);
    const { total } = costReport(store, "model", {});
    expect(total).toMatchObject({ calls: 2, cost: { usd: usd(0.0028), unknownCalls: 0 } });
    expect(store.newestFirst()[0]?.summary.cost).toEqual({ usd: usd(0.0028), unknownCalls: 0 });
  });
});

describe("a customer's conversation", () => {
  const content = {
    "gen_ai.prompt.0.role": "user",
    "gen_ai.prompt.0.content": "It is broken",
    "traceloop.entity.output": '{"priority":"high"}',
  };

  it("is in order, with what was asked and answered and what it cost", () => {
    const [first, ...others] = CALLS;
    const { calls, matching } = callList(
      storeOf([{ ...first!, content }, ...others]),
      { customer: "acme" },
      { limit: 10, after: undefined },
    );
    expect(matching).toBe(3);
    expect(calls.map(({ startTime, thread, attempts, usd: cost }) => [startTime, thread, attempts, cost])).toEqual([
      [1, "a1", 2, usd(0.028)],
      [2, "a1", 1, usd(0.0014)],
      [3, "a2", 1, usd(0.0014)],
    ]);
    expect(calls[2]).toMatchObject({ asked: "It is broken", answered: '{"priority":"high"}' });
    expect(calls[0]).not.toHaveProperty("asked");
  });

  it("goes on where the page before ended, and has null for an unknown cost", () => {
    const store = storeOf(CALLS);
    const seen: (number | null)[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 3; pages++) {
      const page = callList(store, {}, { limit: 2, after });
      seen.push(...page.calls.map(({ usd: cost }) => cost));
      after = page.next;
    }
    expect(after).toBeUndefined();
    expect(seen).toEqual([usd(0.028), usd(0.0014), usd(0.0014), usd(0.0014), null, null]);
  });
});
