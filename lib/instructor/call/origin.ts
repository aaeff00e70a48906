import type { Context } from "@opentelemetry/api";
import { contentAllowed, contentGate } from "../../capture/content-policy.js";
import { standingScope } from "../../scope/standing-scope.js";
import { untracedVeto } from "../../scope/propagation.js";
import type { Hooks } from "./hooks.js";
import type { InstructorInstance } from "./instance.js";
import type { Provider } from "./provider.js";
import { recognizeProvider } from "./provider.js";

/** A call whose span may have to be ended from outside. */
interface Releasable {
  release(): void;
}

/** Where calls come from: one Instructor client, and what was said about tracing it. */
export class CallOrigin {
  #provider: Provider | undefined;
  #providerBaseUrl: unknown;

  constructor(
    readonly instance: InstructorInstance,
    /** A veto on content, for this client alone. */
    readonly decide: (() => boolean) | undefined,
    /** Handlers of the traced client; a client that is traced from outside has none. */
    readonly hooks: Hooks | undefined,
    /** Streams that are on their way. */
    readonly streams: Set<Releasable> = new Set(),
  ) {}

  /** Whether content of a call that has no span may leave the process, by whatever way. */
  allowsContent(context: Context): boolean {
    return contentAllowed(contentGate(standingScope(context).gate, this.decide));
  }

  /** Who answers, worked out again only when the client is pointed elsewhere. */
  recognizeProvider(): Provider {
    const { client } = this.instance;
    if (this.#provider === undefined || this.#providerBaseUrl !== client.baseURL) {
      this.#providerBaseUrl = client.baseURL;
      this.#provider = recognizeProvider(client);
    }
    return this.#provider;
  }
}

const never = (): boolean => false;

/** The `traceContent` option as a veto. */
export function vetoOf(traceContent: boolean | (() => boolean) | undefined): (() => boolean) | undefined {
  if (traceContent === undefined || traceContent === true) return undefined;
  return traceContent === false ? never : untracedVeto(traceContent);
}
