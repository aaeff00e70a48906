import { readFileSync } from "node:fs";
import { runtimeTree } from "./runtime-tree.js";

/** Published advisories against what this package brings along or brought once, and the first version without each. */
const ADVISORIES = [
  // Unbounded memory in W3C baggage.
  ["GHSA-8988-4f7v-96qf", "@opentelemetry/core", "2.8.0"],
  // Code generation, recursion, option paths; OpenTelemetry's transformer does without protobufjs since 0.218.
  ["GHSA-75px-5xx7-5xc7", "protobufjs", "8.0.2"],
  ["GHSA-66ff-xgx4-vchm", "protobufjs", "8.0.2"],
  ["GHSA-685m-2w69-288q", "protobufjs", "8.0.2"],
  ["GHSA-75px-5xx7-5xc7", "@opentelemetry/otlp-transformer", "0.218.0"],
  // Denial of service by a text that is checked for an e-mail address.
  ["GHSA-m95q-7qp3-xv42", "zod", "3.22.3"],
] as const;

const parts = (version: string): number[] => version.split(".").map((part) => Number.parseInt(part, 10));

function isAtLeast(version: string, least: string): boolean {
  const [one, other] = [parts(version), parts(least)];
  const at = other.findIndex((part, index) => one[index] !== part);
  return at < 0 || (one[at] ?? 0) > (other[at] ?? 0);
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

describe("what the package brings along", () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  const ranges = { ...dependencies, ...peerDependencies };
  const installed = runtimeTree(process.cwd());

  it.each(ADVISORIES)("is not of the versions that %s is about: %s before %s", (_advisory, name, safe) => {
    for (const { version } of installed.filter((one) => one.name === name)) {
      expect([name, version, isAtLeast(version, safe)]).toEqual([name, version, true]);
    }
    // Nor may it be: the least version of each part of its range.
    for (const least of ranges[name]?.split("||").map((part) => part.replace(/[^\d.]/g, "")) ?? []) {
      expect([name, least, isAtLeast(least, safe)]).toEqual([name, least, true]);
    }
  });

  it("has no protobufjs, which writes code while it runs", () => {
    expect(installed.map(({ name }) => name)).not.toContain("protobufjs");
    expect(installed.length).toBeGreaterThan(8);
  });
});
