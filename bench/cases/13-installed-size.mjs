import { existsSync, lstatSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PEERS } from "../runner/contenders.mjs";
import { note } from "../runner/rows.mjs";

export const title = "Installed size and number of packages";
export const isQuick = false;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BENCH = fileURLToPath(new URL("..", import.meta.url));

/** The packages that the application has without tracing. */
const APPLICATION = new Set(["openai", "zod", "@instructor-ai/instructor"]);

export function measure({ peers }) {
  const own = { "respan-instructor": [ROOT, ["dist"]] };
  const others = Object.fromEntries(
    (peers ? [...PACKAGES] : []).map((names) => [
      names.join(" + "),
      names.map((name) => join(BENCH, "node_modules", name)),
    ]),
  );
  const rows = Object.entries(own).map(([name, [folder, files]]) => described(name, [folder], files));
  for (const [name, folders] of Object.entries(others)) rows.push(described(name, folders));
  return rows;
}

/** The packages of each peer for tracing functions and an OpenAI client. */
const PACKAGES = [
  [
    "@arizeai/openinference-core",
    "@arizeai/openinference-instrumentation-openai",
    "@opentelemetry/sdk-trace-node",
    "@opentelemetry/exporter-trace-otlp-proto",
  ],
  [PEERS.keywordsai],
  [PEERS.traceloop],
  [PEERS.laminar],
  ["@langfuse/tracing", "@langfuse/openai", "@langfuse/otel", "@opentelemetry/sdk-trace-node"],
  [PEERS.langsmith],
];

function described(name, folders, files) {
  const packages = new Set();
  for (const folder of folders) collect(folder, packages);
  let size = 0;
  for (const folder of packages)
    size += sizeOf(folder, files !== undefined && folder === folders[0] ? files : undefined);
  return {
    ...note(name, `${(size / 1_048_576).toFixed(1)} MiB in ${packages.size} packages`),
    value: { median: size, packages: packages.size },
  };
}

/** A package and all that it cannot do without: dependencies, optional ones that are installed, required peers. */
function collect(folder, packages) {
  if (packages.has(folder)) return;
  packages.add(folder);
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const required = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  for (const name of [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...required]) {
    if (APPLICATION.has(name)) continue;
    const found = resolve(name, folder);
    if (found !== undefined) collect(found, packages);
  }
}

/** Where Node finds a package from a folder. */
function resolve(name, from) {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (existsSync(join(folder, "package.json"))) return folder;
    if (at === dirname(at)) return undefined;
  }
}

function sizeOf(folder, only) {
  let size = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules" || (only !== undefined && !only.includes(entry.name))) continue;
    const path = join(folder, entry.name);
    size += entry.isDirectory() ? sizeOf(path) : lstatSync(path).size;
  }
  return size;
}
