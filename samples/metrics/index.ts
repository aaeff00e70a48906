import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { metrics } from "@opentelemetry/api";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// A registered MeterProvider receives the metrics of every structured call. This one shows them to Prometheus at a route
// of the service's own server.
const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [prometheus] }));
const server = createServer((request, response) => prometheus.getMetricsRequestHandler(request, response));

export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

// The embedded server's first answer does not fit the schema, its second does.
const answers = ["urgent", "high"];
export const objects = {
  SupportTicket: () => ({ customer: "ACME", priority: answers.shift(), summary: "Login failure" }),
};

export async function run() {
  await client.create({
    model: "gpt-4o-mini",
    max_retries: 1,
    response_model: { schema: SupportTicket, name: "SupportTicket" },
    messages: [{ role: "user", content: "ACME needs urgent login help." }],
  });
  const lines = (await scraped()).split("\n");
  return lines.filter((line) => /^(gen_ai|instructor)\w+_(count|sum|total)\{/.test(line));
}

/** The text that Prometheus would read now. */
async function scraped(): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  server.close();
  return text;
}
