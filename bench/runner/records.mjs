/**
 * A contender's records of one call whose first answer fails validation, and what the model receives of a Zod 4 schema:
 * `BENCH_KEEP=1 node bench/runner/records.mjs ours`.
 */
import { answers, answersAtAttempt, ticketRequest } from "../application.mjs";
import { kept } from "../contenders/kept.mjs";
import * as zod4 from "../../node_modules/zod/v4/index.js";

/** The form of an OpenAI key. */
const CREDENTIAL = `sk-proj-${"aB3dE6gH".repeat(8)}`;
/** 57 + 21 tokens of each attempt. */
const TOKENS_OF_BOTH = 156;

const { start } = await import(`../contenders/${process.argv[2]}.mjs`);
const contender = await start({});

const request = ticketRequest();
const message = { role: "user", content: `Extract the ticket. Our key is ${CREDENTIAL}.` };
await contender.structured(answersAtAttempt(2))({ ...request, messages: [message] });
await contender.flush();
// Instances of classes, with getters and links to each other: what is looked for stands in these fields.
const records = kept.map((record) => ({
  attributes: record.attributes,
  events: record.events,
  status: record.status,
  inputs: record.inputs,
  outputs: record.outputs,
  extra: record.extra,
  error: record.error,
}));
const text = JSON.stringify(records);

function isFailed({ status, error, events }) {
  return status?.code === 2 || Boolean(error) || /validation_error|"exception"/.test(JSON.stringify(events ?? []));
}

/** Whether a value is a number somewhere in a record. */
function holds(record, number) {
  return new RegExp(`[:"]${number}[,}"]`).test(JSON.stringify(record));
}

const Ticket = zod4.object({ customer: zod4.string(), priority: zod4.enum(["low", "medium", "high"]) });
let sent = "";
const answer = answers();
await contender
  .structured((url, init) => {
    sent ||= String(init.body);
    return answer();
  })({ ...request, response_model: { schema: Ticket, name: "Ticket" } })
  .catch(() => undefined);
const [tool] = JSON.parse(sent).tools;

process.stdout.write(
  `\n${JSON.stringify({
    spans: records.length,
    isFailureMarked: records.some(isFailed),
    hasTokensOfBoth: records.some((record) => holds(record, TOKENS_OF_BOTH)),
    isCredentialMasked: records.length > 0 && !text.includes(CREDENTIAL),
    isZod4Sent: Object.keys(tool.function.parameters.properties ?? {}).includes("priority"),
  })}\n`,
);
process.exit();
