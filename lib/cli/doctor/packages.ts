import { realpathSync } from "node:fs";
import satisfies from "semver/functions/satisfies.js";
import { SDK_NAME } from "../../wire/package.js";
import type { Manifest } from "../project/manifest.js";
import { installedPackage } from "../project/manifest.js";
import type { Finding } from "./finding.js";

export const INSTRUCTOR = "@instructor-ai/instructor";
const check = "packages";

/** Whether this package, what it needs beside it, and Node are there in versions that it is made for. */
export function checkPackages(folder: string, own: Manifest): Finding[] {
  const installed = installedPackage(folder, SDK_NAME);
  const { peerDependencies, engines } = installed ?? own;
  return [
    nodeFinding(engines.node ?? "*"),
    ownFinding(folder, installed),
    ...Object.entries(peerDependencies).map(([name, range]) => peerFinding(folder, name, range)),
    ...copies(folder, installed),
  ];
}

function nodeFinding(range: string): Finding {
  const message = `Node ${process.versions.node}`;
  return satisfies(process.versions.node, range)
    ? { check, level: "ok", message }
    : { check, level: "problem", message: `${message} does not fit ${range}`, fix: "use a newer Node" };
}

function ownFinding(folder: string, installed: Manifest | undefined): Finding {
  if (installed !== undefined) return { check, level: "ok", message: `${SDK_NAME} ${installed.version ?? ""}` };
  const message = `${SDK_NAME} is not installed in ${folder}`;
  return { check, level: "problem", message, fix: "run `npx respan-instructor setup` there" };
}

function peerFinding(folder: string, name: string, range: string): Finding {
  const found = installedPackage(folder, name);
  const fix = `install ${name}@"${range}"`;
  if (found === undefined) {
    // Without Instructor there is nothing to trace by itself, but everything works.
    const level = name === INSTRUCTOR || name === "openai" ? "warning" : "problem";
    return { check, level, message: `${name} is not installed`, fix };
  }
  const version = found.version ?? "0.0.0";
  const message = `${name} ${version}`;
  return satisfies(version, range, { includePrerelease: true })
    ? { check, level: "ok", message }
    : { check, level: "problem", message: `${message} does not fit ${range}`, fix };
}

/** A second copy of Instructor is one that the program may use and `activate()` does not reach. */
function copies(folder: string, installed: Manifest | undefined): Finding[] {
  const ofProgram = installedPackage(folder, INSTRUCTOR);
  if (installed === undefined || ofProgram === undefined) return [];
  const ofThisPackage = installedPackage(realpathSync(installed.folder), INSTRUCTOR);
  if (ofThisPackage === undefined || realpathSync(ofThisPackage.folder) === realpathSync(ofProgram.folder)) return [];
  return [
    {
      check,
      level: "warning",
      message: `there are two copies of ${INSTRUCTOR}: the program uses ${ofProgram.folder}, ${SDK_NAME} ${ofThisPackage.folder}`,
      fix: "install one version of it, or use a client from createTracedInstructor",
    },
  ];
}
