import type { Attributes, Context } from "@opentelemetry/api";
import { ZodIssueCode } from "zod/v3";
import { contentAllowed } from "../../capture/content-policy.js";
import type { Instruments } from "../../metrics/instruments.js";
import { registeredInstruments } from "../../metrics/instruments.js";
import { describeError } from "../../observe/errors.js";
import { quietly } from "../../observe/warn-once.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { untraced } from "../../scope/tracing.js";
import * as names from "../../wire/attributes.js";
import { describeSchema } from "../schema/describe-schema.js";
import { issuePlace } from "../schema/issues.js";
import type { JsonSchema } from "../schema/json-schema.js";
import { readIssues } from "./attempt.js";
import type { Provider } from "./provider.js";
import type { CallRequest } from "./request.js";
import { hasSchema } from "./request.js";
import type { Usage } from "./usage.js";

/** What is known of a call when it has ended. */
interface CallEnd {
  readonly open: OpenSpan;
  readonly context: Context;
  readonly failure: { readonly error: unknown } | undefined;
  readonly attempts: number;
  readonly usage: Usage;
  readonly responseModel: string | undefined;
}

/** Attempts that failed at one place of the schema, with one code. */
interface Failure {
  readonly path: string;
  readonly code: string;
  readonly attempts: number;
}

/** Codes of Zod 3 and Zod 4. An error that is not Zod's may have a text of the answer there. */
const ZOD4_CODES = ["invalid_element", "invalid_format", "invalid_key", "invalid_value"];
const CODES: ReadonlySet<unknown> = new Set([...Object.keys(ZodIssueCode), ...ZOD4_CODES]);
const OTHER_CODE = "other";
/** More of one answer are not looked at. */
const MOST_ISSUES = 1_000;
/** Operation and tokens: `text` and `image` are not told apart by the providers of chat completions. */
const CHAT = { [names.GEN_AI_OPERATION_NAME]: "chat" };
const CHAT_TOKENS = { ...CHAT, [names.GEN_AI_TOKEN_MODALITY]: "unknown" };

/** What one call adds to the metrics of the `MeterProvider` that is registered. Nothing of the answer is kept. */
export class CallMetrics {
  readonly #instruments: Instruments;
  readonly #server: Attributes;
  /** The name of the response model, for a call that has one. */
  readonly #modelName: string | undefined;
  /** What the answer is to have: a response model's schema, or a JSON Schema. */
  readonly #schema: object | undefined;
  readonly #jsonSchema: JsonSchema | undefined;
  readonly #failures = new Map<string, Failure>();

  private constructor(instruments: Instruments, { system, address, port }: Provider, request: CallRequest) {
    const { model, response_model: responseModel, output_format: format } = request;
    this.#instruments = instruments;
    this.#server = {
      [names.GEN_AI_PROVIDER_NAME]: system,
      ...(typeof model === "string" && { [names.GEN_AI_REQUEST_MODEL]: model }),
      ...(address !== undefined && { [names.SERVER_ADDRESS]: address }),
      ...(port !== undefined && { [names.SERVER_PORT]: port }),
    };
    this.#jsonSchema = format?.schema;
    this.#schema = hasSchema(responseModel) ? responseModel.schema : undefined;
    const name: unknown = responseModel === undefined ? format?.name : responseModel.name;
    if (responseModel !== undefined || name !== undefined) this.#modelName = typeof name === "string" ? name : "";
  }

  /** `undefined` where no provider is registered. */
  static begin(provider: Provider, request: CallRequest): CallMetrics | undefined {
    const instruments = registeredInstruments();
    if (instruments === undefined) return undefined;
    return quietly("a call could not be measured", () => new CallMetrics(instruments, provider, request));
  }

  /** The schema objects to an attempt's answer; each place and code counts once for it. */
  validationFailed(error: unknown): void {
    quietly("an issue could not be read", () => {
      const issues = readIssues(error)?.slice(0, MOST_ISSUES) ?? [];
      const described = this.#schema === undefined ? undefined : describeSchema(this.#schema);
      const root = described?.item ?? described?.jsonSchema ?? this.#jsonSchema;
      const seen = new Map<string, Failure>();
      for (const { path: steps, code: given } of issues) {
        const path = issuePlace(Array.isArray(steps) ? steps : [], root);
        const code = CODES.has(given) ? String(given) : OTHER_CODE;
        const key = `${code} ${path}`;
        const { attempts = 0 } = this.#failures.get(key) ?? {};
        seen.set(key, { path, code, attempts: attempts + 1 });
      }
      for (const [key, failure] of seen) this.#failures.set(key, failure);
    });
  }

  /** The call is over. */
  end(end: CallEnd): void {
    // Exporters and views are the host's code.
    quietly("a call could not be measured", () => untraced(() => this.#record(end)));
  }

  #record({ open, context, failure, attempts, usage, responseModel }: CallEnd): void {
    const { duration, tokens, attempts: attemptsMade, validationFailures } = this.#instruments;
    const server = {
      ...this.#server,
      ...(responseModel !== undefined && { [names.GEN_AI_RESPONSE_MODEL]: responseModel }),
    };
    const failed = failure === undefined ? {} : { [names.ERROR_TYPE]: describeError(failure.error).type };
    duration(open.seconds, { ...server, ...failed }, context, CHAT);
    // The conventions ask for a 0 where a provider does not report a count.
    for (const count of Object.keys(tokens) as (keyof typeof tokens)[]) {
      tokens[count](usage[count] ?? 0, server, context, CHAT_TOKENS);
    }
    if (this.#modelName === undefined) return;
    const asked = { [names.INSTRUCTOR_RESPONSE_MODEL]: this.#modelName };
    const { [names.GEN_AI_REQUEST_MODEL]: model } = this.#server;
    attemptsMade(
      attempts,
      { ...asked, ...(model !== undefined && { [names.GEN_AI_REQUEST_MODEL]: model }), ...failed },
      context,
    );
    if (this.#failures.size === 0) return;
    // The paths of a schema are taken for content.
    const withPaths = contentAllowed(open);
    for (const { path, code, attempts: count } of this.#failures.values()) {
      const labels = { ...asked, [names.VALIDATION_CODE]: code, ...(withPaths && { [names.VALIDATION_PATH]: path }) };
      validationFailures(count, labels, context);
    }
  }
}
