import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** What each sample prints, beside the trace: lines of its result and the names of its spans with what they carry. */
const SAMPLES: Record<string, (string | RegExp)[]> = {
  create: ["vendor: 'Northwind'", "sku: 'SEC-010'", /^instructor\.create {2}.* ok$/m],
  completion: ["category: 'feature'", /completionId: 'chatcmpl-/, /^instructor\.create_with_completion {2}.* ok$/m],
  iterable: ["Noah: legal approval (blocked)", /^instructor\.create_iterable {2}.* ok$/m],
  partial: ["hasGrown: true", "Login failure before a security audit", /^instructor\.create_partial {2}.* ok$/m],
  "stream-to-browser": [
    "lines: 'several'",
    "Login failure before a security audit",
    /^stream_ticket\.workflow/m,
    /└─ instructor\.create_partial {2}.* ok$/m,
  ],
  "project-brief": ["milestones: [ 'alpha', 'beta' ]", /^project_brief\.workflow/m, /└─ instructor\.create {2}.* ok$/m],
  hooks: ["model: 'gpt-4o-mini', tools: 1, isTraced: true", /^instructor\.create {2}.* ok$/m],
  "invoice-workflow": [
    "'Northwind NW-1042: 298 USD'",
    /^invoice_processing\.workflow/m,
    /└─ extract_invoice\.task/,
    /└─ instructor\.create {2}.* ok$/m,
  ],
  defaults: ["customer  user_123", "service=extraction-api", "version=1.0.0", "mode=JSON"],
  "per-request": [
    "customer  user_456",
    "thread    conversation_abc",
    "service=extraction-api",
    "route=invoice-extraction",
  ],
  "openai-helpers": [
    "customers: [ 'ACME', 'ACME' ]",
    /├─ openai\.chat\.completions\.parse {2}.* ok$/m,
    /└─ openai\.chat\.completions\.stream {2}.* ok$/m,
  ],
  gateway: ["customer: 'ACME'", /^instructor\.create {2}.* ok$/m],
};

function run(sample: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { PATH: process.env.PATH, HOME: process.env.HOME } };
    execFile(process.execPath, ["--import", "tsx", "samples/run.ts", sample], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe("the samples of the guide", () => {
  jest.setTimeout(120_000);

  it.each(Object.entries(SAMPLES))("%s runs, against what is embedded", async (sample, expected) => {
    const { code, stdout, stderr } = await run(sample);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const part of expected) {
      if (typeof part === "string") expect(stdout).toContain(part);
      else expect(stdout).toMatch(part);
    }
  });

  it("official-exporter runs; that exporter warns that it cannot read the service's JSON answer", async () => {
    const { code, stdout, stderr } = await run("official-exporter");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^instructor\.create {2}.* ok$/m);
    expect(stderr).toContain("could not deserialize response");
    expect(stderr).not.toContain("respan-instructor:");
  });

  it("metrics runs, and shows Prometheus the attempts, the tokens and the field that failed", async () => {
    const { code, stdout, stderr } = await run("metrics");
    expect(code).toBe(0);
    expect(stdout).toMatch(/gen_ai_client_inference_duration_count\{.*gen_ai_operation_name="chat"\} 1'/);
    expect(stdout).toMatch(/gen_ai_client_inference_usage_input_tokens_total\{.*\} 114'/);
    expect(stdout).toMatch(/instructor_attempts_sum\{instructor_response_model="SupportTicket",.*\} 2'/);
    expect(stdout).toMatch(/instructor_validation_failures_total\{.*instructor_validation_path="priority"\} 1'/);
    // Instructor's own, of the answer that failed.
    expect(stderr).toMatch(/^\[Instructor:WARN\][^\n]*\n$/);
  });

  it("are all there is to run with npm run sample, beside others", () => {
    const others = ["logs", "metrics", "official-exporter", "support-ticket"];
    const runnable = readdirSync(join(ROOT, "samples"), { recursive: true, encoding: "utf8" })
      .filter((file) => /^[\w-]+\/index\.ts$/.test(file))
      .map((file) => file.split("/")[0]);
    expect(runnable.sort()).toEqual([...Object.keys(SAMPLES), ...others].sort());
  });
});
