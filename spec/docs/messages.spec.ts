import { readFileSync } from "node:fs";
import { messages } from "./messages.js";

/** Where a message is handed on that is said, and found, elsewhere. */
const HANDED_ON = [
  // Every message of `#inHalves`, of the standard variables, and of `quietly`.
  "this.#warnings.warn(complaint, complaint)",
  "warnings.warn(warning, warning)",
  "warnOnce(`quietly:${what}`",
];

describe("docs/troubleshooting.md", () => {
  it("lists everything that the package can say", () => {
    const page = readFileSync("docs/troubleshooting.md", "utf8");
    const all = messages();
    expect(all.length).toBeGreaterThan(40);
    const unread = all.filter(({ pieces }) => pieces.length === 0).map(({ where }) => lineAt(where));
    expect(unread.filter((line) => !HANDED_ON.some((call) => line.includes(call)))).toEqual([]);
    const missing = all.flatMap(({ where, pieces }) =>
      pieces.filter((piece) => !page.includes(piece)).map((piece) => `${where}: ${piece}`),
    );
    expect(missing).toEqual([]);
  });
});

function lineAt(where: string): string {
  const [path = "", line = ""] = where.split(":");
  return readFileSync(path, "utf8").split("\n")[Number(line) - 1] ?? "";
}
