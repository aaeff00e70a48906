import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeRequest } from "../../spec/harness/otlp-messages.js";
import { receivedSpans } from "../../spec/harness/otlp-spans.js";
import type { ReceivedSpan } from "../../spec/harness/otlp-spans.js";
import { bodyOf } from "./request-body.js";

/** The part of a span that is kept, small enough for a hundred thousand spans. */
export interface StoredSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceId: string;
  readonly hasFailed: boolean;
  readonly customer: string;
  /** How often it arrived. */
  times: number;
}

/** The store at the end: receives OTLP protobuf and keeps each span once. */
export class Store implements AsyncDisposable {
  readonly spans = new Map<string, StoredSpan>();
  /** Whole spans, where they are asked for. */
  readonly whole: ReceivedSpan[] = [];
  deliveries = 0;
  keepsWhole = false;
  readonly #watchers = new Set<() => void>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void bodyOf(request).then((whole) => {
        this.#take(receivedSpans(decodeRequest(whole)));
        response.setHeader("content-type", "application/x-protobuf").end();
      });
    });
  }

  static async start(): Promise<Store> {
    const store = new Store();
    await new Promise<void>((resolve) => store.#server.listen(0, "127.0.0.1", resolve));
    return store;
  }

  get tracesUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v2/traces`;
  }

  get duplicates(): number {
    return this.deliveries - this.spans.size;
  }

  /** Spans whose parent never arrived. */
  get orphans(): StoredSpan[] {
    return [...this.spans.values()].filter(({ parentSpanId: id }) => id !== undefined && !this.spans.has(id));
  }

  /** Settles once so many different spans have arrived. */
  async waitFor(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (this.spans.size < count) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  clear(): void {
    this.spans.clear();
    this.whole.length = 0;
    this.deliveries = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(spans: readonly ReceivedSpan[]): void {
    for (const span of spans) {
      this.deliveries++;
      const known = this.spans.get(span.spanId);
      if (known !== undefined) known.times++;
      else this.spans.set(span.spanId, stored(span));
    }
    if (this.keepsWhole) this.whole.push(...spans);
    for (const look of [...this.#watchers]) look();
  }
}

function stored({ name, spanId, parentSpanId, traceId, status, attributes }: ReceivedSpan): StoredSpan {
  const customer = attributes["respan.customer_params.customer_identifier"];
  return {
    name,
    spanId,
    parentSpanId,
    traceId,
    hasFailed: status.code === 2,
    customer: typeof customer === "string" ? customer : "",
    times: 1,
  };
}
