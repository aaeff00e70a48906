import { fileURLToPath } from "node:url";
import { PEERS } from "../runner/contenders.mjs";
import { failure, millis, row } from "../runner/rows.mjs";
import { script } from "../runner/script.mjs";
import { summary } from "../runner/statistics.mjs";

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
    args: (...stages) => [
      "--input-type=module",
      "-e",
      timed(stages, (name) => `await import(${JSON.stringify(name)});`),
    ],
  },
  CommonJS: {
    own: "./dist/cjs/index.js",
    args: (...stages) => ["-e", timed(stages, (name) => `require(${JSON.stringify(name)});`)],
  },
};

/** A script that imports one stage after the other and writes how many milliseconds each took. */
const timed = (stages, load) =>
  [
    "const times = [performance.now()];",
    ...stages.map((modules) => `${modules.map(load).join(" ")} times.push(performance.now());`),
    'console.log("\\n" + JSON.stringify(times.slice(1).map((time, stage) => time - times[stage]))); process.exit();',
  ].join(" ");

/** Each is a process, which takes longer than a round of any other case. */
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
    const inRoot = (key, ...stages) => ({ key, args: args(...stages), cwd: ROOT });
    const imports = [
      // The second import finds shared dependencies loaded. The difference of two processes would be mostly noise.
      inRoot("over the application", APPLICATION, [own]),
      inRoot("the package alone in an empty process", [own]),
      ...(format === "ESM" ? Object.entries(PARTS).map(([key, modules]) => inRoot(key, modules)) : []),
      ...(format === "ESM" && peers ? Object.values(PEERS).map((key) => ({ key, args: args([key]), cwd: BENCH })) : []),
    ];
    const [both, ...results] = await inTurn(imports, ROUNDS);
    const broken = [both, results[0]].find(({ error }) => error !== undefined);
    if (broken !== undefined) {
      rows.push(failure(`${format}: ${broken.key}`, broken.error));
      continue;
    }
    const stage = (at) => summary(both.values.map((times) => times[at]));
    rows.push(
      row(`${format}: over importing OpenTelemetry, openai, zod and Instructor`, stage(1), millis, { atMost: 15 }),
      row(`${format}: OpenTelemetry, openai, zod and Instructor`, stage(0), millis),
      ...results.map(({ key, values, error }) =>
        error === undefined ? row(`${format}: ${key}`, summary(values.flat()), millis) : failure(key, error),
      ),
    );
  }
  return rows;
}
