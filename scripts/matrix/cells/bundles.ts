import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ExtractionServers } from "../../projects/extraction-servers.js";
import type { Dependencies } from "../../projects/installation.js";
import { succeed } from "../../projects/run.js";
import type { Cell } from "../cell.js";
import { program } from "../extraction-cell.js";
import type { Runtime, Workshop } from "../workshop.js";

const ESBUILD = { esbuild: "^0.28" };

/**
 * CommonJS dependencies inside an ES module bundle call `require`, as esbuild's documentation says to provide. It stands
 * in each file of a bundle, beside imports of the same function.
 */
const BANNER =
  'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';

/** One file, put into a folder where there is no `node_modules`, as a Lambda gets it. */
function bundleCell(format: "esm" | "cjs"): Cell {
  const extension = format === "esm" ? "mjs" : "cjs";
  return {
    group: "bundle",
    name: `one file with esbuild, ${format}`,
    async run(workshop) {
      const installation = await workshop.installation(ESBUILD);
      const folder = installation.project(`bundle-${format}`, "module", { "extraction.ts": program("ts") });
      const args = [
        "extraction.ts",
        "--bundle",
        "--minify",
        "--platform=node",
        "--target=node20",
        `--format=${format}`,
      ];
      if (format === "esm") args.push(`--banner:js=${BANNER}`);
      await succeed(installation.bin("esbuild"), [...args, `--outfile=out/index.${extension}`], { cwd: folder });

      const lambda = join(workshop.folder, `lambda-${format}`);
      mkdirSync(lambda, { recursive: true });
      const file = join(lambda, `index.${extension}`);
      copyFileSync(join(folder, "out", `index.${extension}`), file);
      await using servers = await ExtractionServers.start();
      const { stdout } = await succeed(process.execPath, [file], { cwd: lambda, env: servers.environment });
      return `${servers.check(stdout)}; ${kilobytes(statSync(file).size)}, ${kilobytes(gzipSync(readFileSync(file)).length)} gzipped`;
    },
  };
}

/** A bundler's command line, which puts one file or more into `out`. */
interface Bundler {
  readonly name: string;
  readonly dependencies: Dependencies;
  readonly command: string;
  readonly args: readonly string[];
  readonly runtime?: Runtime;
}

const BUNDLERS: readonly Bundler[] = [
  {
    name: "ncc",
    dependencies: { "@vercel/ncc": "^0.45" },
    command: "ncc",
    args: ["build", "extraction.mjs", "-o", "out", "-q"],
  },
  {
    name: "esbuild --conditions=production",
    dependencies: ESBUILD,
    command: "esbuild",
    args: [
      "extraction.mjs",
      "--bundle",
      "--platform=node",
      "--format=esm",
      "--conditions=production",
      `--banner:js=${BANNER}`,
      "--outfile=out/index.mjs",
    ],
  },
  {
    name: "esbuild --splitting",
    dependencies: ESBUILD,
    command: "esbuild",
    args: [
      "index=extraction.mjs",
      "--bundle",
      "--splitting",
      "--minify",
      "--platform=node",
      "--format=esm",
      `--banner:js=${BANNER}`,
      "--out-extension:.js=.mjs",
      "--outdir=out",
    ],
  },
  {
    name: "bun build",
    dependencies: {},
    runtime: "bun",
    command: "bun",
    args: ["build", "extraction.mjs", "--target=node", "--outfile=out/index.mjs"],
  },
];

/** A bundle by another bundler, run by Node where there is no `node_modules`. */
const bundlerCells = BUNDLERS.map(({ name, dependencies, command, args, runtime }): Cell => ({
  group: "bundle",
  name,
  async run(workshop) {
    const installation = await workshop.installation(dependencies);
    const slug = name.replace(/\W+/g, "-");
    const folder = installation.project(`bundle-${slug}`, "module", { "extraction.mjs": program("mjs") });
    const binary = runtime === undefined ? installation.bin(command) : await workshop.runtime(runtime);
    await succeed(binary, [...args], { cwd: folder });
    const alone = join(workshop.folder, `alone-${slug}`);
    cpSync(join(folder, "out"), alone, { recursive: true });
    const entry = readdirSync(alone).find((file) => /^index\.m?js$/.test(file)) ?? "index.js";
    await using servers = await ExtractionServers.start();
    const { stdout } = await succeed(process.execPath, [entry], { cwd: alone, env: servers.environment });
    return `${servers.check(stdout)}; ${kilobytes(statSync(join(alone, entry)).size)}`;
  },
}));

/** The size of this package in a bundle: its dependencies inside, its peers outside. */
const IMPORTS = {
  "all exports": 'export * from "respan-instructor";',
  "the decorators alone": 'export { Workflow, Task, Agent, Tool } from "respan-instructor";',
  "the client alone": 'export { createTracedInstructor } from "respan-instructor";',
  "propagateAttributes alone": 'export { propagateAttributes } from "respan-instructor";',
  "an import of nothing": 'import "respan-instructor";',
};

const treeShaking: Cell = {
  group: "bundle",
  name: "tree-shaken size",
  async run(workshop: Workshop) {
    const installation = await workshop.installation(ESBUILD);
    const sizes: string[] = [];
    for (const [name, text] of Object.entries(IMPORTS)) {
      const folder = installation.project("tree-shaking", "module", { "index.mjs": text });
      const peers = ["openai", "zod", "@instructor-ai/instructor", "@opentelemetry/api"];
      const args = ["index.mjs", "--bundle", "--minify", "--platform=node", "--format=esm", "--outfile=out.mjs"];
      const external = peers.flatMap((peer) => [`--external:${peer}`, `--external:${peer}/*`]);
      await succeed(installation.bin("esbuild"), [...args, ...external], { cwd: folder });
      sizes.push(`${name} ${kilobytes(statSync(join(folder, "out.mjs")).size)}`);
    }
    return sizes.join(", ");
  },
};

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} kB`;

export const bundleCells: readonly Cell[] = [bundleCell("esm"), bundleCell("cjs"), ...bundlerCells, treeShaking];
