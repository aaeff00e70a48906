import { isFiltered, parseRoute, routeHash } from "../../../lib/viewer/page/model/route.js";
import type { Route } from "../../../lib/viewer/page/model/route.js";

describe("a permalink", () => {
  it.each<[string, Route]>([
    ["#/", { page: "traces", filter: {} }],
    [
      "#/?customer=a+%26+b&status=error&q=%23",
      { page: "traces", filter: { customer: "a & b", status: "error", q: "#" } },
    ],
    ["#/traces/abc", { page: "trace", traceId: "abc" }],
    ["#/traces/abc/spans/de?tab=messages", { page: "trace", traceId: "abc", spanId: "de", tab: "messages" }],
    ["#/quality", { page: "quality", query: {} }],
    ["#/costs?by=thread&customer=a+b", { page: "costs", query: { by: "thread", customer: "a b" } }],
    ["#/calls?customer=acme", { page: "calls", query: { customer: "acme" } }],
  ])("%s is read and written alike", (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
    expect(routeHash(route)).toBe(hash);
  });

  it.each(["", "#", "#/nowhere", "#/traces/", "#/?status=broken&customer=", "#/?other=1"])(
    "%j leads to the whole list",
    (hash) => expect(parseRoute(hash)).toEqual({ page: "traces", filter: {} }),
  );

  it("survives what is no encoding", () => {
    expect(parseRoute("#/traces/%zz")).toEqual({ page: "trace", traceId: "%zz" });
  });

  it("knows whether anything is filtered", () => {
    expect([isFiltered({}), isFiltered({ q: "" }), isFiltered({ status: "ok" })]).toEqual([false, false, true]);
  });
});
