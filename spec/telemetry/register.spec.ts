import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

jest.setTimeout(60_000);

const register = join(__dirname, "../../lib/register.ts");

/** Starts a program that does nothing with the zero-code entry in front. */
async function start(variables: Record<string, string>) {
  const env = { ...process.env, NODE_OPTIONS: "", ...variables };
  const { stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", register], { env });
  return stderr;
}

describe("the zero-code entry", () => {
  it("does not keep a program from starting where a variable is wrong", async () => {
    const stderr = await start({ RESPAN_API_KEY: "key", RESPAN_BASE_URL: "nonsense" });
    expect(stderr).toMatch(
      /^\[error\] respan-instructor: environment variable RESPAN_BASE_URL must be .*nothing is traced\n$/,
    );
  });

  it("says what a person must know, and nothing else", async () => {
    expect(await start({ RESPAN_API_KEY: "" })).toMatch(/^\[warn\] respan-instructor: no API key: [^\n]*\n$/);
    expect(await start({ RESPAN_API_KEY: "key" })).toBe("");
    expect(await start({ RESPAN_ENABLED: "false" })).toBe("");
  });
});
