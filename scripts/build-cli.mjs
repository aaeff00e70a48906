// Builds dist/cli: the command in one file with everything that it uses, so that it adds no dependency to an install, the
// page that it serves, and the notices of what is in both.
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const OUT = "dist/cli";
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });

const { metafile } = await build({
  entryPoints: ["lib/cli/main.ts"],
  outfile: `${OUT}/main.js`,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: true,
  legalComments: "none",
  charset: "ascii",
  banner: { js: "#!/usr/bin/env node" },
  metafile: true,
  logLevel: "warning",
});
chmodSync(`${OUT}/main.js`, 0o755);
// Runs in other projects, so it is copied as it is.
cpSync("lib/cli/doctor/probe.js", `${OUT}/doctor/probe.js`);

const { inputs } = await import("./build-page.mjs");
const packages = new Set(
  [...Object.keys(metafile.inputs), ...inputs].flatMap(
    (path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  ),
);
writeFileSync(`${OUT}/THIRD_PARTY_NOTICES.txt`, notices([...packages].sort()));

/** Name, version and license text of each package. */
function notices(folders) {
  const parts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no license file to put into the notices`);
    return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
  });
  const head = "The command of respan-instructor and its page contain these packages:\n";
  return [head, ...parts].join(`\n${"-".repeat(80)}\n\n`);
}
