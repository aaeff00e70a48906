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
  /** The host itself, or any host below it. */
  readonly hosts: readonly string[];
  /** A client class of its own, where it has one. */
  readonly className?: RegExp;
  readonly reportsStreamUsage: boolean;
}

/**
 * Names are those of the OpenTelemetry GenAI conventions where these have one. `include_usage` is left out where it is
 * undocumented: Mistral refuses parameters that it does not know, and reports the usage of a stream unasked, as
 * Together does.
 */
const KNOWN: readonly KnownProvider[] = [
  {
    system: "azure.ai.openai",
    hosts: ["openai.azure.com", "services.ai.azure.com", "cognitiveservices.azure.com", "azure-api.net"],
    className: /^AzureOpenAI$/,
    reportsStreamUsage: true,
  },
  { system: "openai", hosts: ["openai.com"], reportsStreamUsage: true },
  { system: "anyscale", hosts: ["anyscale.com"], reportsStreamUsage: false },
  { system: "together", hosts: ["together.xyz", "together.ai"], className: /^Together/, reportsStreamUsage: false },
  { system: "groq", hosts: ["groq.com"], className: /^Groq/, reportsStreamUsage: true },
  { system: "anthropic", hosts: ["anthropic.com"], className: /^Anthropic/, reportsStreamUsage: false },
  { system: "openrouter", hosts: ["openrouter.ai"], reportsStreamUsage: true },
  { system: "fireworks", hosts: ["fireworks.ai"], reportsStreamUsage: true },
  { system: "deepseek", hosts: ["deepseek.com"], reportsStreamUsage: true },
  { system: "mistral_ai", hosts: ["mistral.ai"], className: /^Mistral/, reportsStreamUsage: false },
  { system: "respan", hosts: ["respan.ai", "keywordsai.co"], reportsStreamUsage: true },
];

const OLLAMA_PORT = 11434;
/** The first Azure API version that takes `stream_options`. */
const AZURE_STREAM_OPTIONS = "2024-09-01";

interface ClientTraits {
  readonly baseURL?: unknown;
  readonly apiVersion?: unknown;
}

/** Recognizes the provider of a client by its class and the host that it talks to. */
export function recognizeProvider(client: object): Provider {
  const { baseURL, apiVersion } = readTraits(client);
  const classNames = classNamesOf(client);
  const url = typeof baseURL === "string" && URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  const host = url?.hostname.replace(/^\[|\]$/g, "");
  const port = url === undefined ? undefined : Number(url.port) || (url.protocol === "http:" ? 80 : 443);

  // Azure's client alone has an API version; a minifier leaves it no other name.
  if (typeof apiVersion === "string") classNames.push("AzureOpenAI");
  const known =
    KNOWN.find(({ className }) => className !== undefined && classNames.some((name) => className.test(name))) ??
    KNOWN.find(({ hosts }) => host !== undefined && hosts.some((at) => host === at || host.endsWith(`.${at}`)));
  const at = { address: host, port };
  if (known !== undefined) {
    const reports = known.reportsStreamUsage && (known.system !== "azure.ai.openai" || takesStreamOptions(apiVersion));
    return { system: known.system, ...at, reportsStreamUsage: reports };
  }
  if (port === OLLAMA_PORT || (host !== undefined && /(^|[.-])ollama([.-]|$)/.test(host))) {
    return { system: "ollama", ...at, reportsStreamUsage: true };
  }
  // An address without a name says nothing: a gateway or a local server that speaks OpenAI's protocol to OpenAI's client.
  if (host === undefined || isNameless(host)) {
    const isOpenAI = classNames.some((name) => name.startsWith("OpenAI")) || isOpenAIMinified(client);
    return { system: isOpenAI ? "openai" : (host ?? "openai"), ...at, reportsStreamUsage: isOpenAI };
  }
  return { system: host, ...at, reportsStreamUsage: false };
}

function takesStreamOptions(apiVersion: unknown): boolean {
  return typeof apiVersion !== "string" || !/^\d/.test(apiVersion) || apiVersion.slice(0, 10) >= AZURE_STREAM_OPTIONS;
}

/** A minified bundle gives the class another name, but leaves the names of its properties: `OpenAI.OpenAI` is itself. */
function isOpenAIMinified(client: object): boolean {
  try {
    return typeof (client.constructor as { OpenAI?: unknown }).OpenAI === "function";
  } catch {
    return false;
  }
}

function isNameless(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host.includes(":") || /^[\d.]+$/.test(host);
}

function readTraits(client: object): ClientTraits {
  try {
    const { baseURL, apiVersion } = client as ClientTraits;
    return { baseURL, apiVersion };
  } catch {
    return {};
  }
}

function classNamesOf(client: object): string[] {
  const names: string[] = [];
  try {
    for (
      let at: unknown = Object.getPrototypeOf(client);
      at && at !== Object.prototype;
      at = Object.getPrototypeOf(at)
    ) {
      const name: unknown = (at as { constructor?: { name?: unknown } }).constructor?.name;
      if (typeof name === "string") names.push(name);
    }
  } catch {
    // A revoked Proxy, say: the host alone must do.
  }
  return names;
}
