import { join } from "node:path";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { OTLPReceiver } from "../../harness/index.js";

const ROOT = join(__dirname, "../../..");
jest.setTimeout(60_000);

/**
 * Sends the same spans by both exporters and gives the two requests: ours first. In a process of its own, because
 * OpenTelemetry's exporter cannot send from default Jest.
 */
async function sentByBoth(variables: Record<string, string> = {}) {
  await using receiver = await OTLPReceiver.start();
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...variables };
  const program = join(__dirname, "both-exporters.ts");
  await promisify(execFile)(join(ROOT, "node_modules/.bin/tsx"), [program, receiver.tracesUrl], { cwd: ROOT, env });
  const [ours, theirs, ...more] = receiver.requests;
  if (ours === undefined || theirs === undefined) throw new Error("each exporter sends one request");
  expect(more).toEqual([]);
  return { ours, theirs };
}

describe("OpenTelemetry's own exporter", () => {
  it("sends the same body as this package's", async () => {
    const { ours, theirs } = await sentByBoth();
    expect(ours.spans).toHaveLength(4);
    expect(ours.decompressed.equals(theirs.decompressed)).toBe(true);
    expect(theirs.headers["content-type"]).toBe(ours.headers["content-type"]);
  });

  it("also sends the headers meant for another vendor, which this package's does not", async () => {
    const { ours, theirs } = await sentByBoth({ OTEL_EXPORTER_OTLP_HEADERS: "x-vendor-key=secret" });
    expect(theirs.headers["x-vendor-key"]).toBe("secret");
    expect(ours.headers["x-vendor-key"]).toBeUndefined();
  });
});
