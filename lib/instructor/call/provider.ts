import { readProperty } from "../../observe/errors.js";
import { isObjectLike } from "../../observe/intercept.js";
import { quietly } from "../../observe/warn-once.js";

/** Who answers a client's requests, as far as the client itself tells. */
export interface Provider {
  /** `gen_ai.system` and `gen_ai.provider.name`. */
  readonly system: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** Whether `stream_options.include_usage` is known to be understood there. */
  readonly reportsStreamUsage: boolean;
}

interface KnownProvider {
  readonly system: string;
  /** Matches a host, or the end of one: `groq.com` and any host below it. */
  readonly host: RegExp;
  /** A base URL that is recognized by this line; the specs try each. */
  readonly example: string;
  /** The class of the provider's own client, where there is one. */
  readonly className?: RegExp;
  /** Whether its documentation says that it takes `stream_options.include_usage`. Default: `false`. */
  readonly reportsStreamUsage?: boolean;
}

/** A host, and any host below it. */
const at = (...hosts: readonly string[]): RegExp =>
  new RegExp(`(?:^|\\.)(?:${hosts.map((host) => host.replaceAll(".", "\\.")).join("|")})$`);

const AZURE = "azure.ai.openai";

/**
 * Providers by the host of their API. Names are those of `gen_ai.provider.name` in the OpenTelemetry GenAI conventions
 * where these have one, else the provider's own. The first line that matches wins.
 *
 * `include_usage` is left out where it is undocumented: Mistral refuses parameters that it does not know, and reports
 * the usage of a stream unasked, as Together and Gemini do.
 */
export const PROVIDERS: readonly KnownProvider[] = [
  {
    system: AZURE,
    host: at("openai.azure.com", "services.ai.azure.com", "cognitiveservices.azure.com", "azure-api.net"),
    example: "https://my-resource.openai.azure.com/openai/v1/",
    className: /^AzureOpenAI$/,
    reportsStreamUsage: true,
  },
  {
    system: "azure.ai.inference",
    host: at("inference.ai.azure.com", "models.ai.azure.com", "models.github.ai"),
    example: "https://models.inference.ai.azure.com",
  },
  { system: "openai", host: at("openai.com"), example: "https://api.openai.com/v1", reportsStreamUsage: true },
  {
    system: "gcp.gemini",
    host: at("generativelanguage.googleapis.com"),
    example: "https://generativelanguage.googleapis.com/v1beta/openai/",
  },
  {
    system: "gcp.vertex_ai",
    host: /(?:^|[.-])aiplatform(?:\.[\w.-]{1,63})?\.googleapis\.com$/,
    example: "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/endpoints/openapi",
  },
  {
    system: "aws.bedrock",
    host: /(?:^|\.)bedrock(?:-[a-z-]{1,32})?\.[a-z0-9-]{1,32}\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/,
    example: "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1",
  },
  { system: "ibm.watsonx.ai", host: at("ml.cloud.ibm.com"), example: "https://us-south.ml.cloud.ibm.com/ml/v1" },
  {
    system: "anthropic",
    host: at("anthropic.com"),
    example: "https://api.anthropic.com/v1/",
    className: /^Anthropic/,
  },
  {
    system: "groq",
    host: at("groq.com"),
    example: "https://api.groq.com/openai/v1",
    className: /^Groq/,
    reportsStreamUsage: true,
  },
  { system: "deepseek", host: at("deepseek.com"), example: "https://api.deepseek.com", reportsStreamUsage: true },
  { system: "mistral_ai", host: at("mistral.ai"), example: "https://api.mistral.ai/v1", className: /^Mistral/ },
  { system: "x_ai", host: at("x.ai"), example: "https://api.x.ai/v1" },
  { system: "perplexity", host: at("perplexity.ai"), example: "https://api.perplexity.ai" },
  { system: "cohere", host: at("cohere.com", "cohere.ai"), example: "https://api.cohere.ai/compatibility/v1" },
  { system: "moonshot_ai", host: at("moonshot.ai", "moonshot.cn"), example: "https://api.moonshot.ai/v1" },
  {
    system: "together",
    host: at("together.xyz", "together.ai"),
    example: "https://api.together.xyz/v1",
    className: /^Together/,
  },
  { system: "anyscale", host: at("anyscale.com"), example: "https://api.endpoints.anyscale.com/v1" },
  {
    system: "openrouter",
    host: at("openrouter.ai"),
    example: "https://openrouter.ai/api/v1",
    reportsStreamUsage: true,
  },
  {
    system: "fireworks",
    host: at("fireworks.ai"),
    example: "https://api.fireworks.ai/inference/v1",
    reportsStreamUsage: true,
  },
  { system: "cerebras", host: at("cerebras.ai"), example: "https://api.cerebras.ai/v1" },
  { system: "deepinfra", host: at("deepinfra.com"), example: "https://api.deepinfra.com/v1/openai" },
  {
    system: "respan",
    host: at("respan.ai", "keywordsai.co"),
    example: "https://api.respan.ai/api",
    reportsStreamUsage: true,
  },
];

const OLLAMA_PORT = 11434;
/** The first Azure API version that takes `stream_options`. */
const AZURE_STREAM_OPTIONS = "2024-09-01";

/** Recognizes the provider of a client by its class and the host that it talks to. */
export function recognizeProvider(client: object): Provider {
  const baseURL = readProperty(client, "baseURL");
  const url = typeof baseURL === "string" && URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  const host = url?.hostname.replace(/^\[|\]$/g, "");
  const port = url === undefined ? undefined : Number(url.port) || (url.protocol === "http:" ? 80 : 443);
  const classNames = quietly("a client could not be read", () => classNamesOf(client)) ?? [];
  // Azure's client alone has an API version; a minifier leaves it no other name.
  if (typeof readProperty(client, "apiVersion") === "string") classNames.push("AzureOpenAI");
  const known =
    PROVIDERS.find(({ className }) => className !== undefined && classNames.some((name) => className.test(name))) ??
    PROVIDERS.find((provider) => host !== undefined && provider.host.test(host));
  const server = { address: host, port };
  if (known !== undefined) {
    const { system, reportsStreamUsage = false } = known;
    return { ...server, system, reportsStreamUsage: reportsStreamUsage && (system !== AZURE || isNewAzureApi(client)) };
  }
  if (port === OLLAMA_PORT || (host !== undefined && /(^|[.-])ollama([.-]|$)/.test(host))) {
    return { ...server, system: "ollama", reportsStreamUsage: true };
  }
  // An address without a name says nothing: a gateway or a local server that speaks OpenAI's protocol.
  const isNameless = host === undefined || /^localhost$|\.localhost$|:|^[\d.]+$/.test(host);
  return { ...server, system: isNameless ? "openai" : host, reportsStreamUsage: false };
}

/** Whether the version of Azure's API takes `stream_options`; its newer API has none, or `preview`. */
function isNewAzureApi(client: object): boolean {
  const version = quietly("a client could not be read", () => azureVersionOf(client));
  return typeof version !== "string" || !/^\d/.test(version) || version.slice(0, 10) >= AZURE_STREAM_OPTIONS;
}

/** Azure's own client has the version as a property, OpenAI's in the query of each request. */
function azureVersionOf(client: object): unknown {
  const { apiVersion, buildURL } = client as { apiVersion?: unknown; buildURL?: unknown };
  if (typeof apiVersion === "string" || typeof buildURL !== "function") return apiVersion;
  const url: unknown = Reflect.apply(buildURL, client, ["/chat/completions", null]);
  return typeof url === "string" ? new URL(url).searchParams.get("api-version") : undefined;
}

/** The names of a client's class and of those above it. */
function classNamesOf(client: object): string[] {
  const names: string[] = [];
  for (let at: unknown = client; isObjectLike(at); at = Object.getPrototypeOf(at)) {
    const name = readProperty(readProperty(at, "constructor"), "name");
    if (typeof name === "string") names.push(name);
  }
  return names;
}
