/**
 * Words that may leave with a span where content is off: which model, which provider, how it ended. Others may be part of
 * a message.
 */

/** Attributes whose values are identifiers, or words of a known list. */
const TOKENS = new RegExp(
  `^(?:${[
    String.raw`gen_ai\.(?:system|provider\.name|operation\.name|request\.(?:model|encoding_formats)|output\.type)`,
    String.raw`gen_ai\.(?:response\.(?:model|id|finish_reasons?)|agent\.id|tool\.(?:type|call\.id)|conversation\.id)`,
    String.raw`llm\.(?:request\.type|model_name|provider|system)`,
    String.raw`openinference\.span\.kind`,
    String.raw`ai\.(?:operationId|model\.(?:id|provider)|response\.(?:id|model|finishReason))`,
    String.raw`error\.type|exception\.type`,
    String.raw`server\.address|service\.(?:version|namespace)|peer\.service|rpc\.(?:system|service|method)`,
    String.raw`network\.(?:transport|type|protocol\.(?:name|version)|(?:peer|local)\.address)`,
    String.raw`http\.(?:request\.method|route)|url\.scheme`,
    String.raw`traceloop\.(?:span\.kind|entity\.version)`,
    String.raw`respan\.(?:entity\.log_(?:method|type)|environment)`,
    String.raw`respan\.(?:customer_params|threads|sessions|span_params|trace|evaluation_params)\.[a-z_]+`,
  ].join("|")})$`,
);

/** Attributes that name a part of the program, as its authors wrote it. */
const NAMES =
  /^(?:gen_ai\.(?:agent|tool)\.name|ai\.telemetry\.functionId|operation\.name|resource\.name|service\.name|traceloop\.(?:workflow\.name|entity\.(?:name|path)))$/;

/** Events of OpenTelemetry and of known instrumentations. */
const EVENTS =
  /^(?:exception|gen_ai\.(?:choice|(?:system|user|assistant|tool)\.message|content\.(?:prompt|completion)|evaluation\.result|client\.inference\.operation\.details)|ai\.stream\.(?:firstChunk|finish)|llm\.content\.completion\.chunk)$/;

const TOKEN = /^[\w.:/@+#$\-[\]]{0,256}$/;
const KEY = /^[\w.:/$\-[\]]{1,256}$/;

/** Whether a text, or a list of texts, is known not to be part of a message. */
export function isKnownWord(name: string, value: unknown): boolean {
  if (NAMES.test(name)) return true;
  return TOKENS.test(name) && (Array.isArray(value) ? value : [value]).every((one) => TOKEN.test(String(one)));
}

/** Whether a key has the form of an attribute's name; another may be part of a message itself. */
export function isAttributeName(name: string): boolean {
  return KEY.test(name);
}

export function isKnownEvent(name: string): boolean {
  return EVENTS.test(name);
}

/** Attributes of the operation, the current convention first. */
const OPERATIONS = [
  "gen_ai.operation.name",
  "ai.operationId",
  "llm.request.type",
  "traceloop.span.kind",
  "openinference.span.kind",
];
const MODELS = ["gen_ai.request.model", "gen_ai.response.model", "ai.model.id", "llm.model_name"];

/** Operations of the conventions, which are the whole name of some spans. */
const OPERATION =
  /^(?:chat|text_completion|completion|generate_content|embeddings|rerank|retrieval|create_agent|invoke_agent|invoke_workflow|execute_tool)$/;

/** The name of a GenAI span that says nothing but operation and model: `{operation} {model}`. */
export function nameWithoutWords(name: string, attributes: Readonly<Record<string, unknown>>): string {
  const first = (names: readonly string[]): string | undefined => {
    for (const key of names) {
      const value = attributes[key];
      if (typeof value === "string" && value !== "" && TOKEN.test(value)) return value;
    }
    return undefined;
  };
  const operation = first(OPERATIONS) ?? (OPERATION.test(name) ? name : "gen_ai");
  const model = first(MODELS);
  return model === undefined ? operation : `${operation} ${model}`;
}
