import { fileURLToPath } from "node:url";
import { PEERS } from "../runner/contenders.mjs";
import { failure, millis, row } from "../runner/rows.mjs";
import { script } from "../runner/script.mjs";
import { difference, summary } from "../runner/statistics.mjs";

export const title = "Import time in a fresh process";
export const isQuick = false;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BENCH = fileURLToPath(new URL("..", import.meta.url));

const OPENTELEMETRY = [
  "@opentelemetry/api",
  "@opentelemetry/sdk-trace-node",
  "@opentelemetry/exporter-trace-otlp-proto",
];
const APPLICATION = [...OPENTELEMETRY, "openai", "zod", "@instructor-ai/instructor"];

const PARTS = {
  "OpenTelemetry alone": OPENTELEMETRY,
  "openai alone": ["openai"],
  "zod alone": ["zod"],
  "Instructor alone": ["@instructor-ai/instructor"],
};

const FORMATS = {
  ESM: {
    own: "./dist/esm/index.js",
    args: (modules) => [
      "--input-type=module",
      "-e",
      timed(modules.map((name) => `await import(${JSON.stringify(name)});`)),
    ],
  },
  CommonJS: {
    own: "./dist/cjs/index.js",
    args: (modules) => ["-e", timed(modules.map((name) => `require(${JSON.stringify(name)});`))],
  },
};

const timed = (loads) =>
  `const from = performance.now(); ${loads.join(" ")} const took = performance.now() - from; console.log("\\n" + took); process.exit();`;

/** Each of them is a process of its own, which takes longer than a round of any other case. */
const ROUNDS = 10;

/** Each import in a fresh process, all of them in turn, so many rounds. */
async function inTurn(imports, rounds) {
  const results = imports.map(() => []);
  const errors = imports.map(() => undefined);
  // One round before the first, which fills the file system's cache.
  for (let round = -1; round < rounds; round++) {
    for (const [index, { args, cwd }] of imports.entries()) {
      if (errors[index] !== undefined) continue;
      try {
        const took = await script(args, cwd);
        if (round >= 0) results[index].push(took);
      } catch (error) {
        errors[index] = error;
      }
    }
  }
  return imports.map(({ key }, index) => ({ key, values: results[index], error: errors[index] }));
}

export async function measure({ peers }) {
  const rows = [];
  for (const [format, { own, args }] of Object.entries(FORMATS)) {
    const inRoot = (key, modules) => ({ key, args: args(modules), cwd: ROOT });
    const imports = [
      inRoot("application", APPLICATION),
      inRoot("both", [...APPLICATION, own]),
      inRoot("ours", [own]),
      ...(format === "ESM" ? Object.entries(PARTS).map(([key, modules]) => inRoot(key, modules)) : []),
      ...(format === "ESM" && peers ? Object.values(PEERS).map((key) => ({ key, args: args([key]), cwd: BENCH })) : []),
    ];
    const results = await inTurn(imports, ROUNDS);
    const [application, both] = results;
    const broken = results.slice(0, 3).find(({ error }) => error !== undefined);
    if (broken !== undefined) {
      rows.push(failure(`${format}: ${broken.key}`, broken.error));
      continue;
    }
    rows.push(
      row(
        `${format}: over importing OpenTelemetry, openai, zod and Instructor`,
        difference(both.values, application.values),
        millis,
        { atMost: 15 },
      ),
      ...results
        .filter(({ key }) => key !== "both")
        .map(({ key, values, error }) =>
          error === undefined ? row(`${format}: ${names[key] ?? key}`, summary(values), millis) : failure(key, error),
        ),
    );
  }
  return rows;
}

const names = { application: "OpenTelemetry, openai, zod and Instructor", ours: "ours alone" };
