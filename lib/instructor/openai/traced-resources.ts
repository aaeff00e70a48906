import type { OpenAIApi } from "../call/chat-span.js";
import type { CreateCompletion } from "../call/instance.js";
import type { CallOrigin } from "../call/origin.js";
import { fallThrough } from "./fall-through.js";
import { runHelper } from "./helper.js";
import { callNatively, RESPONSES } from "./native-call.js";

type Resources = Record<string, unknown>;

/** Helpers of `chat.completions`, and of `beta.chat.completions` in openai 4. */
const CHAT_HELPERS = {
  parse: "openai.chat.completions.parse",
  stream: "openai.chat.completions.stream",
  runTools: "openai.chat.completions.run_tools",
} as const satisfies Record<string, OpenAIApi>;

const RESPONSE_HELPERS = {
  parse: "openai.responses.parse",
  stream: "openai.responses.stream",
} as const satisfies Record<string, OpenAIApi>;

/** Who calls come from. Instructor's hooks are of chat completions alone. */
export interface ResourceOrigins {
  readonly chat: CallOrigin;
  readonly responses: CallOrigin;
}

/**
 * The resources of a client with traced methods laid over them, as far as the client has them.
 * @param create takes the place of `chat.completions.create`
 */
export function tracedResources({ chat, responses }: ResourceOrigins, create: CreateCompletion): object {
  const client = (): Resources => chat.client as object as Resources;
  const chatOf = (holder: () => Resources, own: Resources): object => {
    const completions = (): Resources => (holder().chat as Resources).completions as Resources;
    const traced = { ...own, ...helpers(chat, completions, CHAT_HELPERS) };
    return fallThrough({ completions: fallThrough(traced, completions) }, () => holder().chat as object);
  };
  const beta = (): Resources => client().beta as Resources;
  const response = (): Resources => client().responses as Resources;
  const createResponse = (request: object, options?: unknown): unknown => {
    const send = (sent: object, sentOptions: unknown): unknown =>
      (response().create as CreateCompletion)(sent, sentOptions);
    return callNatively({ origin: responses, api: "openai.responses.create", form: RESPONSES, request, options, send });
  };
  return {
    chat: chatOf(client, { create }),
    ...(hasAll(client(), "beta", "chat", "completions") && { beta: fallThrough({ chat: chatOf(beta, {}) }, beta) }),
    ...(hasAll(client(), "responses", "create") && {
      responses: fallThrough({ create: createResponse, ...helpers(responses, response, RESPONSE_HELPERS) }, response),
    }),
  };
}

function helpers(origin: CallOrigin, resource: () => Resources, apis: Readonly<Record<string, OpenAIApi>>): Resources {
  const present = Object.entries(apis).filter(([name]) => typeof resource()[name] === "function");
  return Object.fromEntries(
    present.map(([name, api]) => {
      const traced = (...args: unknown[]): unknown => runHelper({ origin, api, resource: resource(), name, args });
      return [name, traced];
    }),
  );
}

/** Whether a client has such a resource; other providers' clients have not, and may refuse to be asked. */
function hasAll(client: unknown, ...path: readonly string[]): boolean {
  try {
    return Boolean(path.reduce((at, name) => (at as Resources | undefined)?.[name], client));
  } catch {
    return false;
  }
}
