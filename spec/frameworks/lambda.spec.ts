import { Sample } from "../../scripts/frameworks/sample.js";
import { customerOf, outline, Stage } from "./stage.js";

/** Invokes a handler twice, as the platform does, and takes the process away the moment the last answer is there. */
const INVOKE = `
const { handler } = require(process.argv[1]);
const event = (customer) => ({
  headers: { "x-customer": customer },
  requestContext: { requestId: "request-of-" + customer },
  body: "from " + customer,
});
(async () => {
  const answers = [await handler(event("customer_one")), await handler(event("customer_two"))];
  process.stdout.write(JSON.stringify(answers), () => process.kill(process.pid, "SIGKILL"));
})();
`;

describe("an AWS Lambda handler, bundled into one file", () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await Sample.install("lambda");
  });

  it.each(["handler", "unbatched"])("has delivered everything when it answers (%s)", async (file) => {
    await using stage = await Stage.start();
    const path = `${sample.folder}/out/${file}.js`;
    const { stdout, signal } = await sample.invoke(["-e", INVOKE, path], stage.environment);
    expect(signal).toBe("SIGKILL");
    const answers = JSON.parse(stdout) as { statusCode: number; body: string }[];
    expect(answers.map(({ body }) => (JSON.parse(body) as { customer: string }).customer)).toEqual([
      "customer_one",
      "customer_two",
    ]);
    expect(outline(stage.respan)).toEqual([
      "support_ticket_extraction.workflow",
      "  instructor.create",
      "support_ticket_extraction.workflow",
      "  instructor.create",
    ]);
    if (file === "handler") expect(customerOf(stage.respan.spans[0]!)).toBe("customer_one");
    // One for each invocation, also without batches: what ends in one turn of the event loop leaves together.
    expect(stage.respan.requests).toHaveLength(2);
  });
});
