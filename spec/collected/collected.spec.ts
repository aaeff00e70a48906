import { execFile } from "node:child_process";
import { promisify } from "node:util";

// A forced collection is fast and complete only in a small process; in a Jest worker it takes seconds.
describe("spans and objects that are dropped", () => {
  it("end when the engine collects them", async () => {
    const program = require.resolve("./program.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--import", "tsx", program]);
    const failures = JSON.parse(stdout) as Record<string, string>;
    expect(Object.keys(failures).length).toBeGreaterThan(15);
    expect(Object.entries(failures).filter(([, failure]) => failure !== "")).toEqual([]);
  });
});
