// Builds the local page: Preact, script and style in one file, dist/cli/page/index.html. scripts/build-cli.mjs runs it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PAGE = fileURLToPath(new URL("../lib/viewer/page/", import.meta.url));
const OUT = fileURLToPath(new URL("../dist/cli/page/", import.meta.url));

const { metafile, outputFiles } = await build({
  entryPoints: { page: `${PAGE}main.tsx`, style: `${PAGE}styles/page.css` },
  bundle: true,
  minify: true,
  write: false,
  outdir: OUT,
  format: "iife",
  platform: "browser",
  target: ["chrome120", "firefox121", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  tsconfig: `${PAGE}tsconfig.json`,
  metafile: true,
  logLevel: "warning",
});
/** The source files of the page. */
export const inputs = Object.keys(metafile.inputs);
const built = (name) => outputFiles.find(({ path }) => path.endsWith(name)).text.trim();
// Only these two could end a script element or change how it is parsed.
const script = built("page.js")
  .replace(/<\/(?=script)/gi, "<\\/")
  .replaceAll("<!--", "\\x3c!--");
const style = built("style.css");
if (/<\/style/i.test(style)) throw new Error("The style would end its own element.");

const template = readFileSync(`${PAGE}page.html`, "utf8");
const html = template
  .replace(/<style>[^<]*<\/style>/, () => `<style>${style}</style>`)
  .replace(/<script>[^<]*<\/script>/, () => `<script>${script}</script>`);
if (!html.includes(style) || !html.includes(script))
  throw new Error("page.html has no place for the script or the style.");

mkdirSync(OUT, { recursive: true });
writeFileSync(`${OUT}index.html`, html);
