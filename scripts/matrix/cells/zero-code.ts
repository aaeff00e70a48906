import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assertAttributes, ExtractionServers, TICKET } from "../../projects/extraction-servers.js";
import type { Dependencies } from "../../projects/installation.js";
import { lastJsonLine } from "../../projects/last-json-line.js";
import { succeed } from "../../projects/run.js";
import type { Cell } from "../cell.js";
import type { Runtime } from "../workshop.js";

/** A program that knows nothing of tracing. */
const unchanged = (file: string): string => readFileSync(join(process.cwd(), "samples/zero-code/src", file), "utf8");

const REGISTER = "respan-instructor/register";

interface ZeroCodeCell {
  readonly group: string;
  readonly runtime: Runtime;
  readonly flags: readonly string[];
  readonly file: `app.${"m" | "c"}${"js" | "ts"}`;
  readonly dependencies?: Dependencies;
}

/** The unchanged program makes one call, which is one span. */
function zeroCodeCell({ group, runtime, flags, file, dependencies }: ZeroCodeCell): Cell {
  const name = `zero code, ${flags.filter((flag) => (flag.startsWith("--") && flag !== "--allow-all") || flag === "tsx").join(" ")}, .${file.slice(-3)}`;
  return {
    group,
    name,
    async run(workshop) {
      const binary = await workshop.runtime(runtime);
      const installation = await workshop.installation(dependencies);
      const folder = installation.project(`${group} ${name}`.replaceAll(/[^a-z0-9]+/gi, "-"), "module", {
        [file]: unchanged(file.replace("ts", "js")),
      });
      await using servers = await ExtractionServers.start();
      const env = { ...servers.environment, RESPAN_CUSTOMER_IDENTIFIER: "customer_123" };
      const { stdout } = await succeed(binary, [...flags, file], { cwd: folder, env, limit: 60_000 });
      assert.deepEqual(lastJsonLine(stdout), { customer: TICKET.customer }, "what the program printed");
      const span = servers.receiver.only("instructor.create");
      assert.equal(servers.receiver.spans.length, 1, "spans");
      assertAttributes(span, {
        "respan.customer_params.customer_identifier": "customer_123",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.usage.input_tokens": 57,
      });
      return "1 span, 1 call";
    },
  };
}

const FILES = ["app.mjs", "app.cjs"] as const;
const NODES = ["node20", "node22", "node24", "node26"] as const;

/** tsx loads the program; its place among the flags is the order in which it and we are loaded. */
const TSX_ORDERS = [
  ["--import", "tsx", "--import", REGISTER],
  ["--import", REGISTER, "--import", "tsx"],
  ["--require", REGISTER, "--import", "tsx"],
];

export const zeroCodeCells: readonly Cell[] = [
  ...NODES.flatMap((runtime) =>
    ["--import", "--require"].flatMap((flag) =>
      FILES.map((file) =>
        zeroCodeCell({ group: runtime.replace("node", "Node "), runtime, flags: [flag, REGISTER], file }),
      ),
    ),
  ),
  ...TSX_ORDERS.flatMap((flags) =>
    (["app.mts", "app.cts"] as const).map((file) =>
      zeroCodeCell({ group: "esbuild (tsx)", runtime: "node20", flags, file, dependencies: { tsx: "^4" } }),
    ),
  ),
  ...FILES.map((file) => zeroCodeCell({ group: "Bun", runtime: "bun", flags: ["--preload", REGISTER], file })),
  ...FILES.map((file) =>
    zeroCodeCell({
      group: "Deno",
      runtime: "deno",
      flags: [
        "run",
        "--allow-all",
        "--no-lock",
        "--quiet",
        "--node-modules-dir=manual",
        "--preload",
        `npm:${REGISTER}`,
      ],
      file,
    }),
  ),
];
