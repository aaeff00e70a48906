import assert from "node:assert";
import { after, before, test } from "node:test";
import { captureSpans } from "respan-instructor/testing";
import type { CapturedSpans } from "respan-instructor/testing";
import { fakeOpenAI } from "./fake-openai.js";
import { SupportDesk } from "./support-desk.js";

let spans: CapturedSpans;
before(() => {
  spans = captureSpans();
});
after(() => spans.dispose());

// Tests that run at the same time each read their own spans.
for (const customer of ["ACME", "Northwind"]) {
  test(`extracts the ticket of ${customer}`, { concurrency: true }, async () => {
    const desk = new SupportDesk(fakeOpenAI({ customer, priority: "high", summary: "Cannot log in" }));
    const own = await spans.within(() => desk.extractTicket(` ${customer} cannot log in.`));
    assert.equal(own.result.customer, customer);
    assert.equal(own.find("clean")?.output, `${customer} cannot log in.`);
  });
}
