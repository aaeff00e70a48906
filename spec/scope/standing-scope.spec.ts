import type { BaggageEntry, Context } from "@opentelemetry/api";
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { propagateAttributes, Task } from "../../lib/index.js";
import type { PropagatedAttributes } from "../../lib/index.js";
import { EMPTY_SCOPE } from "../../lib/scope/scope.js";
import { scopeFromBaggage, standingScope } from "../../lib/scope/standing-scope.js";
import { InProcess } from "./in-process.js";

const CUSTOMER = "respan.customer_params.customer_identifier";
const THREAD = "respan.threads.thread_identifier";
const SESSION = "respan.sessions.session_identifier";
const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`);

describe("baggage that leaves", () => {
  const sent = (attributes: PropagatedAttributes, metadata: readonly string[] = ["tenant"]): unknown => {
    using host = new InProcess({ ...EMPTY_SCOPE, baggageMetadata: metadata });
    expect(host.spans).toEqual([]);
    return propagateAttributes(attributes, () =>
      Object.fromEntries(
        (propagation.getBaggage(context.active())?.getAllEntries() ?? []).map(([name, { value }]) => [name, value]),
      ),
    );
  };

  it.each<[string, PropagatedAttributes, object]>([
    ["customer and thread", { customerIdentifier: "c", threadIdentifier: "t" }, { [CUSTOMER]: "c", [THREAD]: "t" }],
    ["a session", { sessionIdentifier: 7 }, { [SESSION]: "7" }],
    ["a chosen key of metadata", { metadata: { tenant: "blue", other: "no" } }, { "respan.metadata.tenant": "blue" }],
    ["a number as text", { metadata: { tenant: 7 } }, { "respan.metadata.tenant": "7" }],
    ["nothing that is not chosen", { customerEmail: "c@example.com", environment: "e", groupIdentifier: "g" }, {}],
    ["a value of 1,024 characters", { threadIdentifier: "t".repeat(1_024) }, { [THREAD]: "t".repeat(1_024) }],
    ["none that is longer", { customerIdentifier: "c", threadIdentifier: "t".repeat(1_025) }, { [CUSTOMER]: "c" }],
  ])("is %s", (_, attributes, expected) => {
    expect(sent(attributes)).toEqual(expected);
  });

  it("is of the first fifty chosen keys, however many are", () => {
    const metadata = Object.fromEntries(keys(60).map((key) => [key, "v"]));
    expect(sent({ metadata }, keys(60))).toEqual(
      Object.fromEntries(keys(50).map((key) => [`respan.metadata.${key}`, "v"])),
    );
  });

  it("goes along with what the host has there", () => {
    using host = new InProcess({ ...EMPTY_SCOPE, baggageMetadata: [] });
    const own = propagation.createBaggage({ "host.key": { value: "v" }, [CUSTOMER]: { value: "before" } });
    context.with(propagation.setBaggage(ROOT_CONTEXT, own), () => {
      propagateAttributes({ customerIdentifier: "c" }, () => {
        const baggage = propagation.getBaggage(context.active());
        expect(baggage?.getEntry("host.key")).toEqual({ value: "v" });
        expect(baggage?.getEntry(CUSTOMER)).toEqual({ value: "c" });
        host.foreignSpan("inside");
      });
      expect(propagation.getBaggage(context.active())).toBe(own);
    });
    expect(host.attributesOf("inside")).toHaveProperty([CUSTOMER], "c");
  });
});

describe("baggage that arrives", () => {
  const arriving = (entries: Record<string, string>): Context =>
    propagation.setBaggage(
      ROOT_CONTEXT,
      propagation.createBaggage(
        Object.fromEntries(Object.entries(entries).map(([name, value]): [string, BaggageEntry] => [name, { value }])),
      ),
    );
  const outermost = { ...EMPTY_SCOPE, inherited: { [CUSTOMER]: "default", "respan.environment": "e" } };

  it.each<[string, Record<string, string>, object]>([
    ["customer and thread", { [CUSTOMER]: "c", [THREAD]: "t" }, { [CUSTOMER]: "c", [THREAD]: "t" }],
    ["a session", { [SESSION]: "s" }, { [SESSION]: "s" }],
    ["a chosen key of metadata", { "respan.metadata.tenant": "blue" }, { "respan.metadata.tenant": "blue" }],
    ["a value of 1,024 characters", { [THREAD]: "t".repeat(1_024) }, { [THREAD]: "t".repeat(1_024) }],
  ])("is added to the defaults: %s", (_, entries, expected) => {
    const scope = scopeFromBaggage(arriving(entries), outermost, ["tenant"]);
    expect(scope).toEqual({ ...outermost, inherited: { ...outermost.inherited, ...expected } });
    expect(outermost.inherited[CUSTOMER]).toBe("default");
  });

  it.each<[string, Record<string, string>]>([
    ["nothing", {}],
    ["metadata that was not chosen", { "respan.metadata.secret": "s" }],
    [
      "a chosen key that stands elsewhere",
      { "another.metadata.tenant": "s", tenant: "s", xxxxxxxxxxxxxxxxtenant: "s" },
    ],
    ["another attribute of ours", { "respan.environment": "production", "respan.prompt": "{}" }],
    ["a value that is too long", { [THREAD]: "t".repeat(1_025) }],
  ])("leaves the defaults as they are: %s", (_, entries) => {
    expect(scopeFromBaggage(arriving(entries), outermost, ["tenant"])).toBe(outermost);
  });

  it("is the outermost scope, under which everything else stands", () => {
    using host = new InProcess({ ...outermost, baggageMetadata: ["tenant"] });
    class Desk {
      @Task() run(): void {
        propagateAttributes({ customerIdentifier: "inner" }, () => host.foreignSpan("inside"));
      }
    }
    const incoming = arriving({ [CUSTOMER]: "caller", [THREAD]: "t", "respan.metadata.tenant": "blue" });
    context.with(incoming, () => {
      new Desk().run();
      expect(standingScope(context.active()).inherited).toMatchObject({ [CUSTOMER]: "caller" });
    });
    expect(host.attributesOf("run.task")).toMatchObject({ [CUSTOMER]: "caller", "respan.metadata.tenant": "blue" });
    expect(host.attributesOf("inside")).toMatchObject({ [CUSTOMER]: "inner", [THREAD]: "t" });
    expect(standingScope(ROOT_CONTEXT).inherited).toEqual(outermost.inherited);
  });
});
