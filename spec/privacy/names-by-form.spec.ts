import { addEvent, propagateAttributes, RespanTelemetry, serializeScope, withAgent, withTask } from "respan-instructor";
import type { RespanTelemetryOptions } from "respan-instructor";
import { OTLPReceiver } from "../harness/index.js";

const KEY = `sk-proj-${"aB3dE5gH7jK9".repeat(4)}`;
const SECRET = KEY.slice(8);

/** All that is sent, as text. */
async function sent(options: RespanTelemetryOptions, work: () => unknown): Promise<string> {
  await using receiver = await OTLPReceiver.start();
  const telemetry = new RespanTelemetry({
    apiKey: "k",
    baseUrl: receiver.url,
    isAutoInstrument: false,
    compression: "none",
    ...options,
  });
  work();
  await telemetry.shutdown();
  expect(receiver.spans.length).toBeGreaterThan(0);
  return Buffer.concat(receiver.requests.map(({ decompressed }) => decompressed)).toString("utf8");
}

const work = (): unknown => withTask({ name: "work" }, () => 1);

describe("a credential is masked by its form", () => {
  it.each<[string, RespanTelemetryOptions, () => unknown]>([
    ["in the name of a task", {}, () => withTask({ name: `check ${KEY}` }, () => 1)],
    ["in the name of an agent", {}, () => withAgent({ name: `clerk ${KEY}` }, () => 1)],
    ["in a version", {}, () => withTask({ name: "work", version: `v1 ${KEY}` }, () => 1)],
    ["in a key of metadata", {}, () => withTask({ name: "work", metadata: { [KEY]: 1 } }, () => 1)],
    ["in inherited metadata's key", {}, () => propagateAttributes({ metadata: { [KEY]: "x" } }, work)],
    ["in an event's name", {}, () => withTask({ name: "work" }, () => addEvent(`used ${KEY}`))],
    ["in an event's key", {}, () => withTask({ name: "work" }, () => addEvent("used", { [KEY]: 1 }))],
    ["in the app's name", { appName: `shop ${KEY}` }, work],
    ["in a resource attribute", { resourceAttributes: { "deploy.note": KEY } }, work],
    ["in a resource attribute's name", { resourceAttributes: { [`note.${KEY}`]: "x" } }, work],
  ])("%s", async (_where, options, act) => {
    const text = await sent(options, act);
    expect(text).not.toContain(SECRET);
    expect(text).toContain("[redacted]");
  });

  it("in a serialized scope", async () => {
    let scope = "";
    await sent({}, () =>
      propagateAttributes({ metadata: { note: KEY }, threadIdentifier: "t1" }, () => {
        scope = JSON.stringify(serializeScope());
        return work();
      }),
    );
    expect(scope).toContain("t1");
    expect(scope).not.toContain(SECRET);
  });
});
