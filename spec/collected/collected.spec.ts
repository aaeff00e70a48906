import { execFile } from "node:child_process";
import { promisify } from "node:util";

// A forced collection is quick and complete in a small process of its own, and neither in one that ran other specs.
describe("once the engine has collected it", () => {
  it("each case of the program holds", async () => {
    const program = require.resolve("./program.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--import", "tsx", program]);
    const failures = JSON.parse(stdout) as Record<string, string>;
    expect(Object.keys(failures).length).toBeGreaterThan(15);
    expect(Object.entries(failures).filter(([, failure]) => failure !== "")).toEqual([]);
  });
});
