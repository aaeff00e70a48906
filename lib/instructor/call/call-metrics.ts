import type { Attributes, Context } from "@opentelemetry/api";
import type { Instruments } from "../../metrics/instruments.js";
import { registeredInstruments } from "../../metrics/instruments.js";
import { describeError } from "../../observe/errors.js";
import { quietly } from "../../observe/warn-once.js";
import { untraced } from "../../scope/tracing.js";
import {
  ERROR_TYPE,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_RESPONSE_MODEL,
  GEN_AI_TOKEN_MODALITY,
  INSTRUCTOR_RESPONSE_MODEL,
  SERVER_ADDRESS,
  SERVER_PORT,
  VALIDATION_CODE,
  VALIDATION_PATH,
} from "../../wire/attributes.js";
import { describeSchema } from "../schema/describe-schema.js";
import { issuePlace } from "../schema/issues.js";
import type { JsonSchema } from "../schema/json-schema.js";
import { readIssues } from "./attempt.js";
import type { Provider } from "./provider.js";
import type { CallRequest } from "./request.js";
import { hasSchema } from "./request.js";
import type { Usage } from "./usage.js";

/** What is known of a call when it has ended. */
export interface CallEnd {
  readonly seconds: number;
  readonly failure: { readonly error: unknown } | undefined;
  readonly attempts: number;
  readonly usage: Usage;
  readonly responseModel: string | undefined;
  /** Whether content may leave the process: the paths of a schema are taken for content. */
  readonly allowsContent: () => boolean;
  readonly context: Context;
}

/** Attempts that failed at one place of the schema, with one code. */
interface Failure {
  readonly path: string;
  readonly code: string;
  attempts: number;
}

/** Codes of Zod 3 and Zod 4. An error that is not Zod's may have a text of the answer there. */
const CODES: ReadonlySet<unknown> = new Set([
  "custom",
  "invalid_arguments",
  "invalid_date",
  "invalid_element",
  "invalid_enum_value",
  "invalid_format",
  "invalid_intersection_types",
  "invalid_key",
  "invalid_literal",
  "invalid_return_type",
  "invalid_string",
  "invalid_type",
  "invalid_union",
  "invalid_union_discriminator",
  "invalid_value",
  "not_finite",
  "not_multiple_of",
  "too_big",
  "too_small",
  "unrecognized_keys",
]);
const OTHER_CODE = "other";
/** More of one answer are not looked at. */
const MOST_ISSUES = 1_000;
/** Operation and tokens: `text` and `image` are not told apart by the providers of chat completions. */
const CHAT = { [GEN_AI_OPERATION_NAME]: "chat" };
const CHAT_TOKENS = { ...CHAT, [GEN_AI_TOKEN_MODALITY]: "unknown" };

/** What one call adds to the metrics of the `MeterProvider` that is registered. Nothing of the answer is kept. */
export class CallMetrics {
  readonly #instruments: Instruments;
  readonly #server: Attributes;
  /** The name of the response model, for a call that has one. */
  readonly #modelName: string | undefined;
  readonly #schema: object | undefined;
  /** Where there is no response model: what the answer is to have. */
  readonly #jsonSchema: JsonSchema | undefined;
  readonly #failures = new Map<string, Failure>();

  private constructor(instruments: Instruments, { system, address, port }: Provider, request: CallRequest) {
    this.#instruments = instruments;
    const { model, response_model: responseModel, output_format: format } = request;
    this.#server = {
      [GEN_AI_PROVIDER_NAME]: system,
      ...(typeof model === "string" && { [GEN_AI_REQUEST_MODEL]: model }),
      ...(address !== undefined && { [SERVER_ADDRESS]: address }),
      ...(port !== undefined && { [SERVER_PORT]: port }),
    };
    this.#modelName = format?.name;
    this.#jsonSchema = format?.schema;
    if (responseModel === undefined) return;
    const { name } = responseModel as { readonly name?: unknown };
    this.#modelName = typeof name === "string" ? name : "";
    this.#schema = hasSchema(responseModel) ? responseModel.schema : undefined;
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
      const issues = readIssues(error);
      if (issues === undefined) return;
      const schema = this.#schema === undefined ? undefined : describeSchema(this.#schema);
      const seen = new Set<string>();
      for (const { path: steps, code: given } of issues.slice(0, MOST_ISSUES)) {
        const path = issuePlace(
          Array.isArray(steps) ? steps : [],
          schema?.item ?? schema?.jsonSchema ?? this.#jsonSchema,
        );
        const code = CODES.has(given) ? String(given) : OTHER_CODE;
        const key = `${code} ${path}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const failure = this.#failures.get(key) ?? { path, code, attempts: 0 };
        failure.attempts += 1;
        this.#failures.set(key, failure);
      }
    });
  }

  /** The call is over. */
  end(end: CallEnd): void {
    // Exporters and views are the host's code.
    quietly("a call could not be measured", () => untraced(() => this.#record(end)));
  }

  #record({ seconds, failure, attempts, usage, responseModel, allowsContent, context }: CallEnd): void {
    const { duration, attempts: attemptsMade, validationFailures, ...tokens } = this.#instruments;
    const server = {
      ...this.#server,
      ...(responseModel !== undefined && { [GEN_AI_RESPONSE_MODEL]: responseModel }),
    };
    const failed = failure === undefined ? {} : { [ERROR_TYPE]: describeError(failure.error).type };
    duration.record(seconds, { ...server, ...failed }, context, CHAT);
    // The conventions ask for a 0 where a provider does not report a count.
    tokens.inputTokens.record(usage.input ?? 0, server, context, CHAT_TOKENS);
    tokens.outputTokens.record(usage.output ?? 0, server, context, CHAT_TOKENS);
    tokens.cacheRead.record(usage.cached ?? 0, server, context, CHAT_TOKENS);
    tokens.cacheWrite.record(usage.cacheWritten ?? 0, server, context, CHAT_TOKENS);
    tokens.reasoning.record(usage.reasoning ?? 0, server, context, CHAT_TOKENS);
    if (this.#modelName === undefined) return;
    const asked = { [INSTRUCTOR_RESPONSE_MODEL]: this.#modelName };
    const { [GEN_AI_REQUEST_MODEL]: model } = this.#server;
    attemptsMade.record(
      attempts,
      { ...asked, ...(model !== undefined && { [GEN_AI_REQUEST_MODEL]: model }), ...failed },
      context,
    );
    if (this.#failures.size === 0) return;
    const withPaths = allowsContent();
    for (const { path, code, attempts: count } of this.#failures.values()) {
      const labels = { ...asked, [VALIDATION_CODE]: code, ...(withPaths && { [VALIDATION_PATH]: path }) };
      validationFailures.record(count, labels, context);
    }
  }
}
