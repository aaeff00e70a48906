// A program for where there is no Node: it is not traced, and works.
import {
  RespanTelemetry,
  createTracedInstructor,
  propagateAttributes,
  withTask,
  withWorkflow,
} from "respan-instructor";
import { z } from "zod";

delete globalThis.Buffer;

let error;
try {
  new RespanTelemetry();
} catch (thrown) {
  error = thrown.message;
}

const answer = ({ tools: [{ function: asked }] }) => {
  const call = { id: "1", type: "function", function: { name: asked.name, arguments: '{"customer":"ACME"}' } };
  return Promise.resolve({ choices: [{ message: { role: "assistant", tool_calls: [call] } }] });
};
const client = createTracedInstructor({
  client: { baseURL: "http://model.invalid", chat: { completions: { create: answer } } },
  mode: "TOOLS",
});
const response_model = { schema: z.object({ customer: z.string() }), name: "Ticket" };
const { customer } = await propagateAttributes({ customerIdentifier: "customer_123" }, () =>
  withWorkflow("extract", () => withTask("ask", () => client.create({ model: "m", messages: [], response_model }))),
);
console.log(JSON.stringify({ customer, error }));
