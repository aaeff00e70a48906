import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isLoopback } from "../../telemetry/delivery/traces-url.js";

const COOKIE = "respan_viewer_token";

export type Decision = "allowed" | "forbidden" | "needsToken";

/**
 * Who may talk to the server. Without a token: programs of this machine that address it by a loopback name, so that a web
 * page whose name was pointed at 127.0.0.1 (DNS rebinding) gets nothing. With a token (the server is open to a network):
 * only who has it. Never a page of another origin.
 */
export class Access {
  readonly #token: string | undefined;

  constructor(token: string | undefined) {
    this.#token = token;
  }

  decide({ headers, url }: IncomingMessage): Decision {
    const { host = "", origin } = headers;
    if (this.#token === undefined && !isLoopback(hostnameOf(host))) return "forbidden";
    if (origin !== undefined && !isOrigin(origin, host)) return "forbidden";
    if (this.#token === undefined) return "allowed";
    const shown = [
      /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1],
      tokenInQuery(url),
      tokenInCookie(headers.cookie),
    ];
    return shown.some((token) => token !== undefined && this.#isToken(token)) ? "allowed" : "needsToken";
  }

  /** The cookie to set for a page that was opened with the token in its address. */
  cookieFor({ url }: IncomingMessage): string | undefined {
    const token = tokenInQuery(url);
    if (this.#token === undefined || token === undefined || !this.#isToken(token)) return undefined;
    return `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  #isToken(shown: string): boolean {
    const [a, b] = [Buffer.from(shown), Buffer.from(this.#token ?? "")];
    return a.length === b.length && timingSafeEqual(a, b);
  }
}

function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
}

function isOrigin(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

function tokenInQuery(url = "/"): string | undefined {
  const query = url.indexOf("?");
  return query < 0 ? undefined : (new URLSearchParams(url.slice(query)).get("token") ?? undefined);
}

function tokenInCookie(cookies = ""): string | undefined {
  for (const cookie of cookies.split(";")) {
    const [name, value] = cookie.trim().split("=", 2);
    if (name === COOKIE) return value;
  }
  return undefined;
}
