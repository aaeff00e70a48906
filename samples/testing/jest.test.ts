import { captureSpans } from "respan-instructor/testing";
import type { CapturedSpans } from "respan-instructor/testing";
import { fakeOpenAI } from "./fake-openai.js";
import { SupportDesk } from "./support-desk.js";

// For Jest, and for Vitest with `globals: true`.
let spans: CapturedSpans;
beforeEach(() => {
  spans = captureSpans();
});
afterEach(() => {
  spans.dispose();
});

it("retries an answer that does not fit the schema", async () => {
  const ticket = { customer: "ACME", priority: "high", summary: "Cannot log in" };
  const desk = new SupportDesk(fakeOpenAI({ ...ticket, priority: "urgent" }, ticket));
  expect(await desk.extractTicket("ACME cannot log in.")).toMatchObject(ticket);

  expect(spans.tree()).toBe(
    `
support_ticket_extraction.workflow
  clean.task
  instructor.create [validation_error, success]`.trim(),
  );
  const call = spans.find("instructor.create");
  expect(call?.attempts[0]?.issues).toMatchObject([{ path: ["priority"] }]);
  expect(call?.output).toEqual(ticket);
});
