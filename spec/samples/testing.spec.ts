import { join } from "node:path";
import { succeed } from "../../scripts/projects/run.js";
// Its tests are part of this file.
import "../../samples/testing/jest.test.js";

// Instructor prints each retry.
beforeEach(() => void jest.spyOn(console, "warn").mockReturnValue(undefined));

const ROOT = join(__dirname, "../..");

describe("samples/testing", () => {
  it("passes under node:test", async () => {
    const args = ["--import", "tsx", "--test", "--test-reporter=tap", "samples/testing/node.test.ts"];
    const { stdout } = await succeed(process.execPath, args, { cwd: ROOT });
    expect(stdout).toMatch(/^# pass 2$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });
});
