// Draws docs/trace.svg: what `npm run demo` prints of its trace, as it printed it. `npm run docs:picture`.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..");
const LINE_HEIGHT = 20;
const CHARACTER_WIDTH = 8.43;
const MARGIN = 16;

const printed = execFileSync(join(ROOT, "node_modules/.bin/tsx"), ["samples/demo.ts"], {
  cwd: ROOT,
  encoding: "utf8",
  env: { PATH: process.env.PATH, HOME: process.env.HOME },
});
const lines = printed
  .slice(printed.indexOf("\ntrace ") + 1)
  .trimEnd()
  .split("\n");

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(" ", "\u00a0");

/** Names of spans stand out; what they carry is quieter. */
function colorOf(line: string): string {
  if (line.startsWith("trace ")) return "#6e7781";
  return /^\S+\.\w+ {2}|[├└]─ /u.test(line) ? "#0550ae" : "#24292f";
}

const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER_WIDTH) + 2 * MARGIN;
const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
const rows = lines.map(
  (line, index) =>
    `  <text x="${MARGIN}" y="${MARGIN + (index + 0.75) * LINE_HEIGHT}" fill="${colorOf(line)}">${escaped(line)}</text>`,
);

writeFileSync(
  join(ROOT, "docs/trace.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The trace that npm run demo prints">
  <rect width="100%" height="100%" rx="8" fill="#f6f8fa"/>
  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${rows.join("\n")}
  </g>
</svg>
`,
);
