import { propagateAttributes, RespanTelemetry, Task, updateCurrentSpan, withTask } from "../../lib/index.js";
import { OTLPReceiver } from "../harness/index.js";

const SESSION = "respan.sessions.session_identifier";
const PROPERTIES = "respan.properties";
const VARIABLE = "RESPAN_SESSION_IDENTIFIER";

/** What the one span of some work says of its session, its properties, its version and its prompt. */
async function told(work: () => void, options: ConstructorParameters<typeof RespanTelemetry>[0] = {}) {
  await using receiver = await OTLPReceiver.start();
  await using telemetry = new RespanTelemetry({ apiKey: "key", baseUrl: receiver.url, ...options });
  work();
  await telemetry.flush();
  const { attributes } = receiver.only("step.task");
  const { [SESSION]: session, [PROPERTIES]: properties } = attributes;
  return { session, properties, version: attributes["traceloop.entity.version"], prompt: attributes["respan.prompt"] };
}

const step = (work: () => void = () => undefined): void => withTask("step", work);
const expected = { session: "7", properties: '{"plan":"pro"}' };

describe("session and properties", () => {
  afterEach(() => {
    Reflect.deleteProperty(process.env, VARIABLE);
  });

  it("are options of telemetry", async () => {
    expect(await told(step, { sessionIdentifier: 7, properties: { plan: "pro" } })).toMatchObject(expected);
  });

  it("have a variable for the session", async () => {
    process.env[VARIABLE] = "7";
    expect(await told(step)).toMatchObject({ session: "7" });
    expect(await told(step, { sessionIdentifier: "own" })).toMatchObject({ session: "own" });
  });

  it.each<[string, object]>([
    ["ours", { sessionIdentifier: 7, properties: { plan: "pro" } }],
    ["snake case", { session_identifier: 7, properties: { plan: "pro" } }],
  ])("are propagated, the name in %s", async (_spelling, attributes) => {
    const outermost = { sessionIdentifier: "outer", properties: { seats: 3 } };
    expect(await told(() => propagateAttributes(attributes, step), outermost)).toMatchObject(expected);
  });

  it("are options of a decorator, beside a version that stays a number", async () => {
    class Desk {
      @Task({ sessionIdentifier: 7, properties: { plan: "pro" }, version: 2 }) step(): void {
        return;
      }
    }
    expect(await told(() => new Desk().step())).toMatchObject({ ...expected, version: 2 });
  });

  it("can be told of the current span", async () => {
    const update = { sessionIdentifier: 7, properties: { plan: "pro" } };
    expect(await told(() => step(() => updateCurrentSpan(update)))).toMatchObject(expected);
  });
});

describe("a prompt", () => {
  it.each<[string, object]>([
    ["promptId", { promptId: "p", version: 3, variables: { name: "Maya" } }],
    ["prompt_id", { prompt_id: "p", version: 3, variables: { name: "Maya" } }],
  ])("is sent in the service's own spelling, given as %s", async (_spelling, prompt) => {
    const sent = '{"prompt_id":"p","version":3,"variables":{"name":"Maya"}}';
    expect(await told(() => propagateAttributes({ prompt } as never, step))).toMatchObject({ prompt: sent });
  });
});
