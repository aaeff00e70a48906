import { RunningServer } from "../viewer/viewer-server.js";
import { BuiltSamples, RUNNABLE } from "./built-samples.js";

interface Expected {
  /** What it prints beside other things: lines of its result, the names of its spans and what they carry. */
  readonly prints: readonly (string | RegExp)[];
  /** Everything that it writes to stderr. Default: nothing. */
  readonly says?: RegExp;
}

const SAMPLES: Record<string, Expected> = {
  create: { prints: ["vendor: 'Northwind'", "sku: 'SEC-010'", /^instructor\.create {2}.* ok$/m] },
  completion: {
    prints: ["category: 'feature'", /completionId: 'chatcmpl-/, /^instructor\.create_with_completion {2}.* ok$/m],
  },
  iterable: { prints: ["Noah: legal approval (blocked)", /^instructor\.create_iterable {2}.* ok$/m] },
  partial: {
    prints: ["hasGrown: true", "Login failure before a security audit", /^instructor\.create_partial {2}.* ok$/m],
  },
  "stream-to-browser": {
    prints: [
      "lines: 'several'",
      "Login failure before a security audit",
      /^stream_ticket\.workflow/m,
      /└─ instructor\.create_partial {2}.* ok$/m,
    ],
  },
  "project-brief": {
    prints: ["milestones: [ 'alpha', 'beta' ]", /^project_brief\.workflow/m, /└─ instructor\.create {2}.* ok$/m],
  },
  hooks: { prints: ["model: 'gpt-4o-mini', tools: 1, isTraced: true", /^instructor\.create {2}.* ok$/m] },
  "invoice-workflow": {
    prints: [
      "'Northwind NW-1042: 298 USD'",
      /^invoice_processing\.workflow/m,
      /└─ extract_invoice\.task/,
      /└─ instructor\.create {2}.* ok$/m,
    ],
  },
  defaults: { prints: ["customer  user_123", "service=extraction-api", "version=1.0.0", "mode=JSON"] },
  "per-request": {
    prints: ["customer  user_456", "thread    conversation_abc", "service=extraction-api", "route=invoice-extraction"],
  },
  "openai-helpers": {
    prints: [
      "customers: [ 'ACME', 'ACME' ]",
      /├─ openai\.chat\.completions\.parse {2}.* ok$/m,
      /└─ openai\.chat\.completions\.stream {2}.* ok$/m,
    ],
  },
  gateway: { prints: ["customer: 'ACME'", /^instructor\.create {2}.* ok$/m] },
  privacy: {
    prints: [
      `masked.workflow: {"args":["My password is [redacted], my badge is badge-[redacted], my VAT id is [redacted].",`,
      `{"national_id":"[redacted]"}`,
      "'masked.workflow: no content'",
      "'method_without_content.workflow: no content'",
    ],
  },
  providers: {
    prints: [
      "priority: 'high'",
      /├─ instructor\.create {2}.* error: .*\n.* {2}mode=JSON\n.* llama-3\.2-3b\n/,
      /└─ instructor\.create {2}.* ok\n.* {2}mode=TOOLS\n.* gpt-4o-mini → /,
    ],
    // Instructor prints the validation error.
    says: /^\[Instructor:ERROR\][^\n]*\n$/,
  },
  metrics: {
    prints: [
      /gen_ai_client_inference_duration_count\{.*gen_ai_operation_name="chat"\} 1'/,
      /gen_ai_client_inference_usage_input_tokens_total\{.*\} 114'/,
      /instructor_attempts_sum\{instructor_response_model="SupportTicket",.*\} 2'/,
      /instructor_validation_failures_total\{.*instructor_validation_path="priority"\} 1'/,
    ],
    says: /^\[Instructor:WARN\][^\n]*\n$/,
  },
  "official-exporter": {
    prints: [/^instructor\.create {2}.* ok$/m],
    // It cannot read the service's JSON answer.
    says: /^(?![^]*respan-instructor:)[^]*could not deserialize response/,
  },
};

describe("the samples", () => {
  let samples: BuiltSamples;
  beforeAll(() => {
    samples = new BuiltSamples();
  });
  afterAll(() => samples[Symbol.dispose]());

  it.each(Object.entries(SAMPLES))("%s runs against the embedded servers", async (sample, { prints, says = /^$/ }) => {
    const { code, stdout, stderr } = await samples.run(sample);
    expect(stderr).toMatch(says);
    expect(code).toBe(0);
    for (const part of prints) expect(stdout).toMatch(part);
  });

  it("cost reads what each customer cost from the local page", async () => {
    await using page = await RunningServer.start();
    const { stdout } = await samples.run("cost", { RESPAN_BASE_URL: `http://${page.host}/api` });
    expect(stdout).toMatch(/'customer_123: 2 calls, 0\.0000\d\d USD',\s+'customer_456: 1 calls, 0\.0000\d\d USD'/);
  });

  it("sampling sends some traces, each with all of its spans", async () => {
    const { stdout } = await samples.run("sampling");
    const sent = Number(/^'(\d\d?) of 100 traces were sent'$/m.exec(stdout)?.[1]);
    expect(stdout.match(/^handle_request\.workflow .*\n└─ look_up\.task /gm)).toHaveLength(sent);
  });

  it("are all there is to run with npm run sample, beside those with a spec of their own", () => {
    expect([...Object.keys(SAMPLES), "cost", "logs", "sampling", "support-ticket"].sort()).toEqual(RUNNABLE);
  });
});
