import type { TraceSummary } from "../../lib/viewer/api.js";
import { get } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { TraceStore } from "../../lib/viewer/store/trace-store.js";
import { received } from "./spans.js";
import { RunningServer } from "./viewer-server.js";

interface Event {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** A page's connection to the events. */
class Listener implements Disposable {
  readonly #request: ClientRequest;
  readonly #events: Event[] = [];
  #text = "";
  #wake: () => void = () => undefined;

  constructor(viewer: RunningServer, lastEventId?: string) {
    const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    this.#request = get(`http://${viewer.host}/api/events`, { headers, agent: false }, (response) =>
      this.#read(response),
    );
    this.#request.on("error", () => undefined);
  }

  /** Settles with the events that came, once one of them fits. */
  async until(fits: (event: Event) => boolean): Promise<readonly Event[]> {
    while (!this.#events.some(fits)) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#events.splice(0);
  }

  [Symbol.dispose](): void {
    this.#request.destroy();
  }

  #read(response: IncomingMessage): void {
    response.on("error", () => undefined);
    response.setEncoding("utf8").on("data", (text: string) => {
      const parts = (this.#text + text).split("\n\n");
      this.#text = parts.pop() ?? "";
      for (const part of parts) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(part)?.[1];
        this.#events.push({ name: field("event") ?? "", id: field("id"), data: JSON.parse(field("data") ?? "null") });
      }
      this.#wake();
    });
  }
}

const isTrace = (id: number) => (event: Event) =>
  event.name === "trace" && Number((event.data as TraceSummary).traceId) === id;
const named = (name: string) => (event: Event) => event.name === name;

describe("the events", () => {
  it("begin with hello, and name each trace that changes", async () => {
    await using viewer = await RunningServer.start();
    viewer.store.add([received("1", "a")]);
    using page = new Listener(viewer);
    const [hello] = await page.until(named("dropped"));
    expect(hello).toMatchObject({
      name: "hello",
      data: { startedAt: expect.any(Number), version: expect.any(String) },
    });
    viewer.store.add([received("2", "a")]);
    const events = await page.until(isTrace(2));
    // What was there before is read from the list.
    expect(events.filter(isTrace(1))).toEqual([]);
    expect(events.find(isTrace(2))?.data).toMatchObject({ name: "work", spanCount: 1 });
  });

  it("send a trace that changes often in its final state, not each time", async () => {
    await using viewer = await RunningServer.start();
    using page = new Listener(viewer);
    await page.until(named("dropped"));
    for (let n = 1; n <= 1_000; n++) viewer.store.add([received("1", String(n))]);
    const last = (event: Event) => isTrace(1)(event) && (event.data as TraceSummary).spanCount === 1_000;
    expect((await page.until(last)).filter(isTrace(1)).length).toBeLessThan(10);
  });

  it("say how much was dropped", async () => {
    await using viewer = await RunningServer.start({ store: new TraceStore({ maxTraces: 1, maxBytes: 1_000_000 }) });
    using page = new Listener(viewer);
    await page.until(named("dropped"));
    viewer.store.add([received("1", "a"), received("2", "a")]);
    const events = await page.until(named("dropped"));
    expect(events.find(named("dropped"))?.data).toEqual({ traces: 1, spans: 1 });
  });

  it("go on where a connection ended", async () => {
    await using viewer = await RunningServer.start();
    let id: string | undefined;
    {
      using page = new Listener(viewer);
      await page.until(named("dropped"));
      viewer.store.add([received("1", "a")]);
      id = (await page.until(isTrace(1))).find(isTrace(1))?.id;
    }
    for (let n = 2; n <= 500; n++) viewer.store.add([received(String(n), "a")]);
    using again = new Listener(viewer, id);
    const events = await again.until(isTrace(500));
    expect(events.filter(named("trace"))).toHaveLength(499);
    using another = new Listener(viewer, "1-0");
    expect((await another.until(named("dropped"))).filter(named("trace"))).toEqual([]);
  });

  it("wait for a page that does not read, and hold nothing back for it", async () => {
    await using viewer = await RunningServer.start();
    const stalled = get(`http://${viewer.host}/api/events`, { agent: false }, (response) => response.pause());
    stalled.on("error", () => undefined);
    using page = new Listener(viewer);
    await page.until(named("dropped"));
    const name = "x".repeat(10_000);
    for (let n = 1; n <= 2_000; n++) viewer.store.add([received(String(n), "a", { name })]);
    expect((await page.until(isTrace(2_000))).filter(named("trace"))).toHaveLength(2_000);
    stalled.destroy();
  });
});
