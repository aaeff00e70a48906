import type { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type * as http from "node:http";
import type * as https from "node:https";
import type * as zlib from "node:zlib";

/** What only an export needs. */
export interface ExporterParts {
  readonly serializer: typeof ProtobufTraceSerializer;
  readonly http: typeof http;
  readonly https: typeof https;
  readonly zlib: typeof zlib;
}

/**
 * Loads what only an export needs, beside the program and not in front of it: it takes longer to load than the rest of
 * this package.
 */
export async function loadExporterParts(): Promise<ExporterParts> {
  const [transformer, http, https, zlib] = await Promise.all([
    import("@opentelemetry/otlp-transformer"),
    import("node:http"),
    import("node:https"),
    import("node:zlib"),
  ]);
  return { serializer: transformer.ProtobufTraceSerializer, http, https, zlib };
}
