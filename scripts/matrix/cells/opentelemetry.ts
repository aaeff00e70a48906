import assert from "node:assert/strict";
import { OTLPReceiver } from "../../../spec/harness/index.js";
import { tsconfig } from "../../projects/compiler-options.js";
import { ExtractionServers } from "../../projects/extraction-servers.js";
import type { Dependencies } from "../../projects/installation.js";
import { succeed } from "../../projects/run.js";
import type { Cell } from "../cell.js";
import { extractionCell, program } from "../extraction-cell.js";
import { SentryServer } from "../sentry-server.js";
import { tsc } from "../type-check.js";
import type { Runtime } from "../workshop.js";

const OTEL_2: Dependencies = {
  "@opentelemetry/sdk-node": "^0.223",
  "@opentelemetry/exporter-trace-otlp-proto": "^0.223",
  "@opentelemetry/sdk-trace-node": "^2.12",
};
const OTEL_3: Dependencies = {
  "@opentelemetry/api": "^1.10.0",
  "@opentelemetry/sdk-node": "^0.301",
  "@opentelemetry/exporter-trace-otlp-proto": "^0.301",
  "@opentelemetry/sdk-trace": "^3.1",
};

/** The differences between the major versions of OpenTelemetry's SDK. */
const SPELLINGS = {
  2: { package: "@opentelemetry/sdk-trace-node", batch: "new BatchSpanProcessor(exporter)" },
  3: { package: "@opentelemetry/sdk-trace", batch: "new BatchSpanProcessor({ exporter })" },
};

/** `host.ts`: an SDK that the user has, and a span of theirs around the whole program. */
const nodeSdk = (version: keyof typeof SPELLINGS, processors: string): string => `
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "${SPELLINGS[version].package}";
import { RespanSpanProcessor } from "respan-instructor";

const exporter = new OTLPTraceExporter({ url: process.env.HOST_TRACES_URL ?? "" });
const yours = ${SPELLINGS[version].batch};
const sdk = new NodeSDK({ serviceName: "host-service", spanProcessors: [${processors}] });
sdk.start();
export const unused = RespanSpanProcessor;

export async function insideHost(main: () => Promise<void>): Promise<void> {
  await trace.getTracer("host").startActiveSpan("host request", async (span) => {
    await main();
    span.end();
  });
  await sdk.shutdown();
}
`;

const SENTRY = `
import * as Sentry from "@sentry/node";
import { RespanSpanProcessor } from "respan-instructor";

Sentry.init({ dsn: process.env.SENTRY_DSN ?? "", tracesSampleRate: 1 /* MORE */ });
export const unused = RespanSpanProcessor;

export async function insideHost(main: () => Promise<void>): Promise<void> {
  await Sentry.startSpan({ name: "host request" }, () => main());
  await Sentry.flush(5_000);
}
`;

/** The program whose telemetry exports by OpenTelemetry's own exporter. */
const withOfficialExporter = (): string =>
  `import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";\n${program("ts")}`.replace(
    "new RespanTelemetry()",
    `new RespanTelemetry({
      exporter: new OTLPTraceExporter({
        url: \`\${process.env.RESPAN_BASE_URL}/v2/traces\`,
        headers: { authorization: \`Bearer \${process.env.RESPAN_API_KEY}\` },
      }),
    })`,
  );

/** The program with another vendor's SDK set up before our telemetry, or after it. */
const withVendor = (imported: string, setUp: string, order: "first" | "last"): string => {
  const ours = "const telemetry = new RespanTelemetry();\n";
  return `${imported}\n${program("ts").replace(ours, order === "first" ? `${setUp}\n${ours}` : `${ours}${setUp}\n`)}`;
};

/** The program after dd-trace, without an agent that it could send to. */
const DATADOG = {
  dependencies: { "dd-trace": "^5" },
  files: {
    "extraction.ts": withVendor('import ddtrace from "dd-trace";', "ddtrace.init();", "first"),
    "tsconfig.json": tsconfig({ module: "nodenext", skipLibCheck: true }),
  },
  environment: {
    DD_TRACE_STARTUP_LOGS: "false",
    DD_TRACE_AGENT_URL: "http://127.0.0.1:9",
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
    DD_REMOTE_CONFIGURATION_ENABLED: "false",
  },
};

/** dd-trace replaces the SDK's provider by its own: the program runs, and one line reports it. */
const replacedByDatadog: Cell = {
  group: "OpenTelemetry",
  name: "dd-trace 5 with DD_TRACE_OTEL_ENABLED",
  async run(workshop) {
    const installation = await workshop.installation(DATADOG.dependencies);
    const folder = installation.project("dd-trace-otel", "module", DATADOG.files);
    await tsc({ folder, installation, workshop });
    await using servers = await ExtractionServers.start();
    const env = { ...servers.environment, ...DATADOG.environment, DD_TRACE_OTEL_ENABLED: "true" };
    const { stderr } = await succeed(process.execPath, ["out/extraction.js"], { cwd: folder, env, limit: 60_000 });
    const lines = stderr.split("\n").filter((line) => line.includes("respan-instructor"));
    assert.equal(lines.length, 1, `lines on stderr: ${stderr}`);
    assert.match(lines[0] ?? "", /unset that variable/);
    return `${servers.receiver.spans.length} spans, and a line that says why`;
  },
};

/** The host is imported first, and the program runs inside a span of the host's. */
const beside = (): string =>
  `import { insideHost } from "./host.js";\n${program("ts").replace("void main();", "void insideHost(main);")}`;

/** Without `RespanTelemetry`: the user's pipeline has our processor. */
const inPipeline = (): string =>
  beside()
    .replace("RespanTelemetry, ", "")
    .replace("const telemetry = new RespanTelemetry();\n", "")
    .replace("  await telemetry.shutdown();\n", "");

const OURS = [
  "extractStreamed.workflow",
  "instructor.create",
  "instructor.create_partial",
  "prepare_messages.task",
  "prepare_messages.task",
  "support_ticket_extraction.workflow",
];

interface HostCell {
  readonly name: string;
  readonly runtime?: Runtime;
  readonly dependencies: Dependencies;
  readonly host: string;
  readonly program: string;
  /** The `service.name` at Respan, where it is the host's. */
  readonly service?: string;
  /** Names that the host's own OTLP exporter gets, beside those of its instrumentations. */
  readonly hostGets: readonly string[];
}

/** The user's NodeSDK with an OTLP exporter of its own. */
function nodeSdkCell(options: HostCell): Cell {
  return {
    group: "OpenTelemetry",
    name: options.name,
    async run(workshop) {
      const node = await workshop.runtime(options.runtime ?? "node20");
      const installation = await workshop.installation(options.dependencies);
      const folder = installation.project(options.name.replaceAll(/[^a-z0-9]+/gi, "-"), "module", {
        "host.ts": options.host,
        "extraction.ts": options.program,
        "tsconfig.json": tsconfig({ module: "nodenext" }),
      });
      const types = await tsc({ folder, installation, workshop });
      await using servers = await ExtractionServers.start();
      await using host = await OTLPReceiver.start();
      const env = {
        ...servers.environment,
        HOST_TRACES_URL: host.tracesUrl,
        OTEL_SERVICE_NAME: "support-api-of-a-project",
      };
      const { stdout } = await succeed(node, ["out/extraction.js"], { cwd: folder, env, limit: 60_000 });
      const saw = servers.check(stdout, options.service);
      const names = host.spans.map(({ name }) => name).sort();
      assert.deepEqual(names, [...options.hostGets].sort(), "spans at the host's own exporter");
      const request = host.only("host request");
      assert.equal(request.parentSpanId, undefined, "the host's span is a root");
      for (const { traceId } of servers.receiver.spans) assert.equal(traceId, request.traceId, "the host's trace id");
      return `${saw}; ${host.spans.length} at the host's exporter, one trace id; ${types}`;
    },
  };
}

function sentryCell(version: string, more = ""): Cell {
  const pipeline = more !== "";
  const name = `Sentry ${version}, ${pipeline ? "our processor in its pipeline" : "ours beside it"}`;
  return {
    group: "OpenTelemetry",
    name,
    async run(workshop) {
      const installation = await workshop.installation({ "@sentry/node": `^${version}` });
      const folder = installation.project(name.replaceAll(/[^a-z0-9]+/gi, "-"), "module", {
        "host.ts": SENTRY.replace(" /* MORE */", more),
        "extraction.ts": pipeline ? inPipeline() : beside(),
        "tsconfig.json": tsconfig({ module: "nodenext", skipLibCheck: true }),
      });
      const types = await tsc({ folder, installation, workshop });
      await using servers = await ExtractionServers.start();
      await using sentry = await SentryServer.start();
      const env = { ...servers.environment, SENTRY_DSN: sentry.dsn };
      const { stdout } = await succeed(process.execPath, ["out/extraction.js"], { cwd: folder, env, limit: 60_000 });
      const saw = servers.check(stdout, pipeline ? "node" : undefined);
      assert.deepEqual(sentry.roots, ["host request"], "transactions at Sentry");
      const ours = sentry.inner.filter((inner) => inner !== undefined && OURS.includes(inner));
      if (pipeline) assert.deepEqual(ours.sort(), OURS, "our spans at Sentry");
      else assert.deepEqual(ours, [], "our spans at Sentry");
      return `${saw}; Sentry got its transaction with ${sentry.inner.length} spans, ${ours.length} of ours; ${types}`;
    },
  };
}

export const openTelemetryCells: readonly Cell[] = [
  nodeSdkCell({
    name: "NodeSDK 2.x, ours beside it",
    dependencies: OTEL_2,
    host: nodeSdk(2, "yours"),
    program: beside(),
    hostGets: ["host request"],
  }),
  nodeSdkCell({
    name: "NodeSDK 2.x, our processor in its pipeline",
    dependencies: OTEL_2,
    host: nodeSdk(2, "yours, new RespanSpanProcessor()"),
    program: inPipeline(),
    service: "host-service",
    hostGets: ["host request", ...OURS],
  }),
  nodeSdkCell({
    name: "NodeSDK 3.x, ours beside it",
    runtime: "node22",
    dependencies: OTEL_3,
    host: nodeSdk(3, "yours"),
    program: beside(),
    hostGets: ["host request"],
  }),
  nodeSdkCell({
    name: "NodeSDK 3.x, our processor in its pipeline",
    runtime: "node22",
    dependencies: OTEL_3,
    host: nodeSdk(3, "yours, new RespanSpanProcessor()"),
    program: inPipeline(),
    service: "host-service",
    hostGets: ["host request", ...OURS],
  }),
  extractionCell({
    group: "OpenTelemetry",
    name: "exporter-trace-otlp-proto as our exporter",
    dependencies: OTEL_2,
    files: { "extraction.ts": withOfficialExporter(), "tsconfig.json": tsconfig({ module: "nodenext" }) },
    compile: tsc,
    command: ["out/extraction.js"],
  }),
  extractionCell({
    group: "OpenTelemetry",
    name: "dd-trace 5, initialised first",
    dependencies: DATADOG.dependencies,
    files: DATADOG.files,
    compile: tsc,
    command: ["out/extraction.js"],
    environment: DATADOG.environment,
  }),
  replacedByDatadog,
  extractionCell({
    group: "OpenTelemetry",
    name: "Sentry 10, initialised last",
    dependencies: { "@sentry/node": "^10" },
    files: {
      "extraction.ts": withVendor(
        'import * as Sentry from "@sentry/node";',
        'Sentry.init({ dsn: "http://public@127.0.0.1:9/1", tracesSampleRate: 0 });',
        "last",
      ),
      "tsconfig.json": tsconfig({ module: "nodenext", skipLibCheck: true }),
    },
    compile: tsc,
    command: ["out/extraction.js"],
  }),
  sentryCell("10"),
  sentryCell("10", ", openTelemetrySpanProcessors: [new RespanSpanProcessor()]"),
  sentryCell("11"),
];
