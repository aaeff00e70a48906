import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { perform } from "./stage.js";
import type { Sample } from "./stage.js";

// `npm run sample NAME` runs `samples/NAME/index.ts`; without a name it lists them.
const names = readdirSync(__dirname).filter((name) => existsSync(join(__dirname, name, "index.ts")));
const [name = ""] = process.argv.slice(2);

if (names.includes(name)) {
  void perform(() => import(`./${name}/index.js`) as Promise<Sample>);
} else {
  console.error(
    `${name === "" ? "" : `there is no sample ${name}\n`}usage: npm run sample NAME\n  ${names.join("\n  ")}`,
  );
  process.exitCode = 1;
}
