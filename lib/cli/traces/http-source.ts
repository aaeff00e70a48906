import type { TraceDetail, TraceList } from "../../viewer/api.js";
import { describeCause } from "../cause.js";
import type { TraceSearch, TraceSource } from "./trace-source.js";

const TIMEOUT_MILLIS = 30_000;

/** The traces of a running `dev`, through its JSON API. */
export class HttpSource implements TraceSource {
  readonly place: string;
  readonly #origin: string;
  readonly #token: string | undefined;

  /** @param address as `dev` prints it: with `?token=…` where it asks for one */
  constructor(address: string, token: string | undefined) {
    if (!URL.canParse(address)) throw new Error(`--url is not an address: ${JSON.stringify(address)}`);
    const url = new URL(address);
    this.#origin = url.origin;
    this.#token = token ?? url.searchParams.get("token") ?? undefined;
    this.place = `at ${url.origin}`;
  }

  async list({ text, ...search }: TraceSearch): Promise<TraceList> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...search, q: text })) {
      if (value !== undefined) parameters.set(name, String(value));
    }
    const response = await this.#get(`/api/traces?${parameters.toString()}`);
    // The forms of the API are this package's own, on both sides.
    return (await response.json()) as TraceList;
  }

  async find(traceId: string): Promise<TraceDetail | undefined> {
    const response = await this.#get(`/api/traces/${encodeURIComponent(traceId)}`);
    return response.status === 404 ? undefined : ((await response.json()) as TraceDetail);
  }

  async #get(path: string): Promise<Response> {
    const headers: Record<string, string> = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    let response: Response;
    try {
      response = await fetch(this.#origin + path, {
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MILLIS),
      });
    } catch (error) {
      throw new Error(
        `nothing answers ${this.place} (${describeCause(error)}): start \`respan-instructor dev\`, or name its address with --url or its folder with --store`,
        { cause: error },
      );
    }
    if (response.status === 401) throw new Error(`the server ${this.place} asks for its token: add --token`);
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    if (!isJson || (!response.ok && response.status !== 404)) {
      throw new Error(`the server ${this.place} is not a \`respan-instructor dev\` (status ${response.status})`);
    }
    return response;
  }
}
