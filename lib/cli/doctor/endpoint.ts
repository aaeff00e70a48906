import { shownUrl, tracesUrl } from "../../telemetry/delivery/traces-url.js";
import type { Settings } from "../../telemetry/settings/settings.js";
import { RESPAN_API_KEY, RESPAN_BASE_URL } from "../../wire/environment.js";
import { describeCause } from "../cause.js";
import type { Finding } from "./finding.js";
import type { ProbeReport, ProbeSettings } from "./run-probe.js";
import { probe } from "./run-probe.js";

const check = "endpoint";
const TIMEOUT_MILLIS = 10_000;

/** Asks the server to take a request without spans, which tells whether it is there and takes the key. */
export async function checkEndpoint({ baseUrl, apiKey }: Settings): Promise<Finding> {
  const url = tracesUrl(baseUrl);
  const where = shownUrl(url);
  let status: number;
  try {
    const headers: Record<string, string> = { "content-type": "application/x-protobuf", "x-respan-dogfood": "1" };
    if (apiKey !== undefined) headers.authorization = `Bearer ${apiKey}`;
    const request = {
      method: "POST",
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    } as const;
    const response = await fetch(withoutCredentials(url), request);
    status = response.status;
    await response.body?.cancel();
  } catch (error) {
    return {
      check,
      level: "problem",
      message: `${where} cannot be reached (${describeCause(error)})`,
      fix: `check ${RESPAN_BASE_URL}, the network and its proxy`,
    };
  }
  return answerFinding(where, status);
}

function answerFinding(where: string, status: number): Finding {
  if (status === 401 || status === 403) {
    return { check, level: "problem", message: `${where} refuses the key (${status})`, fix: `check ${RESPAN_API_KEY}` };
  }
  if (status === 404 || (status >= 300 && status < 400)) {
    const message = status === 404 ? `${where} does not accept traces (404)` : `${where} redirects (${status})`;
    return { check, level: "problem", message, fix: `check ${RESPAN_BASE_URL}` };
  }
  if (status >= 500) {
    return { check, level: "warning", message: `${where} answers with status ${status}`, fix: "try again later" };
  }
  return { check, level: "ok", message: `${where} answers (${status})` };
}

/** Sends one span by the program's own settings, and tells what became of it. */
export async function sendSpan(settings: ProbeSettings): Promise<Finding> {
  const report = await probe("send", settings);
  if (report.delivery?.exported !== undefined && report.delivery.exported > 0) {
    return {
      check,
      level: "ok",
      message: "a span was sent, and the server accepted it: respan_instructor_doctor.workflow",
    };
  }
  return {
    check,
    level: "problem",
    message: `a span was sent, and did not arrive: ${reasonOf(report)}`,
    fix: "see the findings above",
  };
}

function reasonOf({ error, warnings, delivery }: ProbeReport): string {
  if (error !== undefined) return error;
  if (warnings.length > 0) return warnings.map((text) => text.replace(/^respan-instructor: /, "")).join("; ");
  const { rejected = 0, failed = 0, dropped = 0 } = delivery ?? {};
  return `${rejected} rejected, ${failed} failed, ${dropped} dropped`;
}

/** `fetch` takes no address that holds credentials. */
function withoutCredentials(url: URL): URL {
  const plain = new URL(url);
  plain.username = "";
  plain.password = "";
  return plain;
}
