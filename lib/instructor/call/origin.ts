import type { Context } from "@opentelemetry/api";
import { contentAllowed, contentGate } from "../../capture/content-policy.js";
import { untracedVeto } from "../../scope/propagation.js";
import { standingScope } from "../../scope/standing-scope.js";
import { slot } from "../../scope/tracing.js";
import { sharedState } from "../../wire/package.js";
import type { Hooks } from "./hooks.js";
import type { CompletionClient, InstructorInstance } from "./instance.js";
import type { Provider } from "./provider.js";
import { recognizeProvider } from "./provider.js";

/** A call whose span may have to be ended from outside. */
interface Releasable {
  readonly origin: { readonly isTraced: boolean };
  release(): void;
}

/** Who wants the calls of a client traced. */
export interface Ownership {
  /** Streams that are on their way. */
  readonly streams: Set<Releasable>;
  isTraced(): boolean;
}

/** What was said about tracing a client. */
export interface OriginOptions {
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
  readonly instance: Source;
  readonly decide: OriginOptions["decide"];
  readonly hooks: OriginOptions["hooks"];
  /** Streams that are on their way. */
  readonly streams: Ownership["streams"];
  readonly #ownership: Ownership | undefined;
  readonly #streamUsage: OriginOptions["streamUsage"];
  #recognized: { readonly baseURL: unknown; readonly provider: Provider } | undefined;

  constructor(instance: Source, { decide, hooks, ownership, streamUsage }: OriginOptions) {
    this.instance = instance;
    this.decide = decide;
    this.hooks = hooks;
    this.streams = ownership?.streams ?? new Set();
    this.#ownership = ownership;
    this.#streamUsage = streamUsage;
  }

  /** Whether calls get a span now. */
  get isTraced(): boolean {
    return slot.tracing !== undefined && (this.#ownership?.isTraced() ?? true);
  }

  /** Whether a handler waits for what becomes of calls. */
  get hasHooks(): boolean {
    return this.hooks?.isEmpty === false;
  }

  /** Whether streams are asked for their usage: as the client was told, else where the provider is known to take that. */
  get asksForStreamUsage(): boolean {
    return this.#streamUsage?.() ?? this.recognizeProvider().reportsStreamUsage;
  }

  /** Whether content of a call that has no span may leave the process, by whatever way. */
  allowsContent(context: Context): boolean {
    return contentAllowed(contentGate(standingScope(context).gate, this.decide));
  }

  /** Who answers, worked out again only when the client is pointed elsewhere. */
  recognizeProvider(): Provider {
    const { client } = this.instance;
    const { baseURL } = client;
    if (this.#recognized === undefined || this.#recognized.baseURL !== baseURL) {
      this.#recognized = { baseURL, provider: recognizeProvider(client) };
    }
    return this.#recognized.provider;
  }
}

/** The `traceContent` option as a veto. */
export function vetoOf(traceContent: boolean | (() => boolean) | undefined): (() => boolean) | undefined {
  if (traceContent === undefined || traceContent === true) return undefined;
  return traceContent === false ? () => false : untracedVeto(traceContent);
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

/** The one object of the process. */
export const shared = sharedState<Shared>("instructor.1", () => ({
  traced: new WeakMap(),
  inFlight: new WeakSet(),
  leases: new WeakMap(),
  patches: new WeakMap(),
}));
