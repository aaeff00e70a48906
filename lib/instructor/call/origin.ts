import type { Context } from "@opentelemetry/api";
import { contentAllowed, contentGate } from "../../capture/content-policy.js";
import { standingScope } from "../../scope/standing-scope.js";
import { untracedVeto } from "../../scope/propagation.js";
import { slot } from "../../scope/tracing.js";
import type { Hooks } from "./hooks.js";
import type { CompletionClient, InstructorInstance } from "./instance.js";
import type { Provider } from "./provider.js";
import { recognizeProvider } from "./provider.js";

/** A call whose span may have to be ended from outside. */
export interface Releasable {
  readonly origin: { readonly isTraced: boolean };
  release(): void;
}

/** Who wants the calls of a client traced. */
export interface Ownership {
  /** Streams that are on their way. */
  readonly streams: Set<Releasable>;
  isTraced(): boolean;
}

/** A client that was made traced is so for good. */
const forGood = (): Ownership => ({ streams: new Set(), isTraced: () => true });

interface OriginOptions {
  /** A veto on content, for this client alone. */
  readonly decide?: (() => boolean) | undefined;
  /** Handlers of the traced client; one that is observed by `activate()` has none. */
  readonly hooks?: Hooks | undefined;
  /** Who wants its calls traced; where it is not given, they are so for good. */
  readonly ownership?: Ownership | undefined;
  /** Whether streams are asked for their usage; `undefined` where that depends on the provider. */
  readonly streamUsage?: (() => boolean | undefined) | undefined;
}

/** What calls go through: an Instructor client, or an OpenAI client that is traced by itself. */
interface CallSource {
  readonly client: CompletionClient;
  readonly mode?: string;
}

/** The origin of calls that go through Instructor. */
export type InstructorOrigin = CallOrigin<InstructorInstance>;

/** Where calls come from: one client, and what was said about tracing it. */
export class CallOrigin<Source extends CallSource = CallSource> {
  #provider: Provider | undefined;
  #providerBaseUrl: unknown;

  readonly instance: Source;
  readonly decide: OriginOptions["decide"];
  readonly hooks: OriginOptions["hooks"];
  readonly #ownership: Ownership;
  readonly #streamUsage: OriginOptions["streamUsage"];

  constructor(instance: Source, options: OriginOptions) {
    this.instance = instance;
    this.decide = options.decide;
    this.hooks = options.hooks;
    this.#ownership = options.ownership ?? forGood();
    this.#streamUsage = options.streamUsage;
  }

  /** Whether streams are asked for their usage: as the client was told, else where the provider is known to take that. */
  get asksForStreamUsage(): boolean {
    return this.#streamUsage?.() ?? this.recognizeProvider().reportsStreamUsage;
  }

  /** Whether content of a call that has no span may leave the process, by whatever way. */
  allowsContent(context: Context): boolean {
    return contentAllowed(contentGate(standingScope(context).gate, this.decide));
  }

  /** Whether calls get a span now. */
  get isTraced(): boolean {
    return slot.tracing !== undefined && this.#ownership.isTraced();
  }

  /** Streams that are on their way. */
  get streams(): Ownership["streams"] {
    return this.#ownership.streams;
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

/** What all copies of this package in the process (ESM and CommonJS, or two versions) agree on. It may only grow. */
interface Shared {
  /** Traced clients, and the Instructor client that each is laid over. */
  readonly traced: WeakMap<object, object>;
  /** Requests on their way to a provider as part of a structured call that is traced. */
  readonly inFlight: WeakSet<object>;
  /** Claims of instrumentors on an Instructor client that they were given. */
  readonly leases: WeakMap<object, Set<{ isHeld: boolean }>>;
  /** What is patched on a prototype of Instructor's. */
  readonly patches: WeakMap<object, unknown>;
}

const SHARED_KEY = Symbol.for("respan-instructor.instructor.1");

/** The one object of the process. */
export const shared: Shared = ((globalThis as Record<symbol, unknown>)[SHARED_KEY] ??= {
  traced: new WeakMap(),
  inFlight: new WeakSet(),
  leases: new WeakMap(),
  patches: new WeakMap(),
}) as Shared;
