// `npm run size`: lines and files of each room of lib. The command and the page are programs of their own.
import { readFileSync, readdirSync } from "node:fs";

/** Rooms whose folders are shown one by one. */
const OPENED = ["instructor", "telemetry", "capture"];
const APART = ["cli", "viewer"];

const rooms = new Map();
for (const path of readdirSync("lib", { recursive: true }).sort()) {
  if (!/\.tsx?$/.test(path)) continue;
  const lines = readFileSync(`lib/${path}`, "utf8").split("\n").length - 1;
  const folders = path.split(/[\\/]/).slice(0, -1);
  const names = folders.length === 0 ? ["(entries)"] : [folders[0]];
  if (folders.length > 1 && OPENED.includes(folders[0])) names.push(`${folders[0]}/${folders[1]}`);
  if (!APART.includes(folders[0])) names.push("the SDK");
  for (const name of names) {
    const room = rooms.get(name) ?? { files: 0, lines: 0 };
    rooms.set(name, { files: room.files + 1, lines: room.lines + lines });
  }
}

const isApart = ([name]) => APART.includes(name);
const total = ["the SDK", rooms.get("the SDK")];
rooms.delete("the SDK");
const entries = [...rooms].sort(([a], [b]) => (a < b ? -1 : 1));
console.log(`${"room".padEnd(28)}${"files".padStart(6)}${"lines".padStart(8)}`);
for (const [name, { files, lines }] of [
  ...entries.filter((entry) => !isApart(entry)),
  total,
  ...entries.filter(isApart),
]) {
  const label = name.includes("/") ? `  ${name}` : name;
  console.log(`${label.padEnd(28)}${String(files).padStart(6)}${lines.toLocaleString("en").padStart(8)}`);
}
