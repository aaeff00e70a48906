import type { ServerResponse } from "node:http";
import { callList } from "./analysis/call-list.js";
import { COST_KEYS, costReport } from "./analysis/costs.js";
import { qualityReport } from "./analysis/quality.js";
import { exportText, isExportFormat, storedRows } from "./export-rows.js";
import { filterOf, limitOf } from "./http/parameters.js";
import { HttpError, sendJson } from "./http/response.js";
import type { TraceStore } from "./store/trace-store.js";

type Analysis = (store: TraceStore, parameters: URLSearchParams, response: ServerResponse) => void;

const DEFAULT_CALLS = 200;
const MAX_CALLS = 1_000;

/** Questions about many calls together, by the last part of their address: `GET /api/quality`. */
export const analyses: Readonly<Record<string, Analysis>> = {
  quality: (store, parameters, response) => sendJson(response, 200, qualityReport(store, filterOf(parameters))),

  costs: (store, parameters, response) => {
    const wanted = parameters.get("by") ?? "customer";
    const by = COST_KEYS.find((key) => key === wanted);
    if (by === undefined) throw new HttpError(400, `by must be one of ${COST_KEYS.join(", ")}`);
    sendJson(response, 200, costReport(store, by, filterOf(parameters)));
  },

  calls: (store, parameters, response) => {
    const limit = limitOf(parameters, DEFAULT_CALLS, MAX_CALLS);
    const after = parameters.get("after") ?? undefined;
    sendJson(response, 200, callList(store, filterOf(parameters), { limit, after }));
  },

  export: (store, parameters, response) => {
    const format = parameters.get("format") ?? "jsonl";
    if (!isExportFormat(format)) throw new HttpError(400, 'format must be "jsonl" or "vitest"');
    const body = Buffer.from(exportText(storedRows(store, filterOf(parameters)), format));
    const isJson = format === "jsonl";
    response
      .writeHead(200, {
        "content-type": isJson ? "application/jsonl; charset=utf-8" : "text/plain; charset=utf-8",
        "content-disposition": `attachment; filename="${isJson ? "extractions.jsonl" : "extractions.test.ts"}"`,
        "content-length": body.length,
        "cache-control": "no-store",
      })
      .end(body);
  },
};
