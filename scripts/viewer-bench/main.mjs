/**
 * Measures the local page against its bars: `npm run bench:viewer`. Prints a line for each, and ends with 1 where one is
 * missed. It takes about three minutes.
 *
 *   --seconds 10   how long the steady load lasts (60)
 *   --no-install   leaves out what installs the package with npx
 *   --no-build     measures `dist` as it is
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { analyzing } from "./analyzing.mjs";
import { holding } from "./holding.mjs";
import { ROOT } from "./dev-process.mjs";
import { installing, packing, starting } from "./package.mjs";
import { painting } from "./painting.mjs";
import { steadyLoad } from "./steady-load.mjs";

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    seconds: { type: "string", default: "60" },
    install: { type: "boolean", default: true },
    build: { type: "boolean", default: true },
  },
});
if (options.build) execFileSync("npm", ["run", "--silent", "build"], { cwd: ROOT, stdio: "inherit" });

const measurements = [
  starting,
  packing,
  () => steadyLoad(Number(options.seconds)),
  holding,
  analyzing,
  painting,
  ...(options.install ? [installing] : []),
];
for (const measure of measurements) {
  for (const { what, value, unit, bar } of await measure()) {
    const isMissed = bar !== undefined && value > bar;
    if (isMissed) process.exitCode = 1;
    const wanted = bar === undefined ? "" : ` (at most ${bar}${isMissed ? ", MISSED" : ""})`;
    console.log(`${what}: ${Number(value.toFixed(1))} ${unit}${wanted}`);
  }
}
