import type { OpenAIApi } from "../call/chat-span.js";
import type { CreateCompletion } from "../call/instance.js";
import type { CallOrigin } from "../call/origin.js";
import { fallThrough } from "../../observe/intercept.js";
import { runHelper } from "./helper.js";
import { callNatively, CHAT, RESPONSES } from "./native-call.js";

type Resource = Record<string, unknown>;
type Helpers = Readonly<Record<string, OpenAIApi>>;

const CHAT_HELPERS: Helpers = {
  parse: "openai.chat.completions.parse",
  stream: "openai.chat.completions.stream",
  runTools: "openai.chat.completions.run_tools",
};

const RESPONSE_HELPERS: Helpers = { parse: "openai.responses.parse", stream: "openai.responses.stream" };

/** Who calls come from. Instructor's hooks are of chat completions alone. */
export interface ResourceOrigins {
  readonly chat: CallOrigin;
  readonly responses: CallOrigin;
}

/**
 * The resources of a client with traced methods laid over them, as far as the client has them.
 * @param create takes the place of `chat.completions.create`
 */
export function tracedResources(origins: ResourceOrigins, create: CreateCompletion): object {
  const client = (): object => origins.chat.instance.client;
  const chatOf = (holder: () => object, own: Resource): object => {
    const completions = (): object => at(holder(), "chat", "completions") as object;
    const traced = { ...own, ...helpersOf(completions, CHAT_HELPERS, origins.chat) };
    return fallThrough({ completions: fallThrough(traced, completions) }, () => at(holder(), "chat") as object);
  };
  const beta = (): object => at(client(), "beta") as object;
  const responses = (): object => at(client(), "responses") as object;
  const createResponse = (request: object, options?: unknown): unknown => {
    const send: CreateCompletion = (...sent) => (responses() as { create: CreateCompletion }).create(...sent);
    const api = "openai.responses.create";
    return callNatively({ origin: origins.responses, api, form: RESPONSES, request, options, send });
  };
  return {
    chat: chatOf(client, { create }),
    // There the helpers are in openai 4.
    ...(at(client(), "beta", "chat", "completions") !== undefined && {
      beta: fallThrough({ chat: chatOf(beta, {}) }, beta),
    }),
    ...(at(client(), "responses", "create") !== undefined && {
      responses: fallThrough(
        { create: createResponse, ...helpersOf(responses, RESPONSE_HELPERS, origins.responses) },
        responses,
      ),
    }),
  };
}

function helpersOf(resource: () => object, apis: Helpers, origin: CallOrigin): Resource {
  const form = apis === CHAT_HELPERS ? CHAT : RESPONSES;
  const present = Object.entries(apis).filter(([name]) => at(resource(), name) !== undefined);
  return Object.fromEntries(
    present.map(([name, api]): [string, CreateCompletion] => [
      name,
      (request, options) =>
        // What is no object is for the helper to complain of.
        runHelper({ origin, api, form, resource: resource(), name, request: request as object, options }),
    ]),
  );
}

/** What stands there in a client; other providers' clients have less, and may refuse to be asked. */
function at(client: unknown, ...path: readonly string[]): unknown {
  try {
    return path.reduce((from, name) => (from as Resource | undefined)?.[name], client);
  } catch {
    return undefined;
  }
}
