/** The machine of the run. */
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";
import { PEERS } from "./contenders.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const OWN = ["@opentelemetry/api", "@opentelemetry/sdk-trace-node", "openai", "zod", "@instructor-ai/instructor"];
const BESIDE = [...Object.values(PEERS), "@arizeai/openinference-instrumentation-openai", "@langfuse/openai"];

function version(folder) {
  try {
    return JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, "utf8")).version;
  } catch {
    return undefined;
  }
}

export function machine() {
  const processors = cpus();
  return {
    processor: `${processors[0]?.model.trim() ?? "unknown"}, ${processors.length} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
  };
}

export function versions() {
  const named = (names, folder) => names.map((name) => [name, version(`${folder}/node_modules/${name}`)]);
  return Object.fromEntries(
    [["respan-instructor", version("")], ...named(OWN, ""), ...named(BESIDE, "bench")].filter(
      ([, found]) => found !== undefined,
    ),
  );
}
