import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { SDK_VERSION } from "../../wire/package.js";
import { PACKAGE_FOLDER } from "../assets.js";
import type { Manifest } from "../project/manifest.js";
import { nearestManifest, readManifest } from "../project/manifest.js";
import { print } from "../terminal.js";
import { checkDecorators } from "./decorators.js";
import { checkEndpoint, sendSpan } from "./endpoint.js";
import type { Diagnosis, Finding } from "./finding.js";
import { checkTracing } from "./instructor.js";
import { checkPackages } from "./packages.js";
import { printDiagnosis } from "./report.js";
import { checkSettings } from "./settings.js";

export interface DoctorOptions {
  readonly envFile: readonly string[];
  /** Modules to load first, as the program does. */
  readonly import: readonly string[];
  readonly send?: boolean;
  readonly json?: boolean;
}

/** `respan-instructor doctor`: answers 1 where a program in the folder would lose spans. */
export async function doctor(given: string, options: DoctorOptions): Promise<number> {
  const diagnosis = await diagnose(resolve(given), options);
  if (options.json === true) print(process.stdout, JSON.stringify(diagnosis, undefined, 2));
  else printDiagnosis(diagnosis);
  return diagnosis.ok ? 0 : 1;
}

async function diagnose(folder: string, options: DoctorOptions): Promise<Diagnosis> {
  const environment = environmentWith(options.envFile);
  const manifest = nearestManifest(folder);
  const { settings, shown, findings: ofSettings } = checkSettings(environment, folder);
  const type = manifest?.type ?? "commonjs";
  const program = { folder, type, imports: options.import, environment } as const;
  const findings: Finding[] = [
    ...ofSettings,
    ...checkPackages(folder, readManifest(PACKAGE_FOLDER)),
    moduleFinding(manifest),
    ...checkDecorators(folder, manifest),
    ...(await checkTracing(program)),
    ...(settings === undefined ? [] : [await checkEndpoint(settings)]),
    ...(options.send === true ? [await sendSpan(program)] : []),
  ];
  const ok = !findings.some(({ level }) => level === "problem");
  return { ok, version: SDK_VERSION, node: process.versions.node, folder, settings: shown, findings };
}

/** The environment wins over files, and a later file over an earlier one, as with `node --env-file`. */
function environmentWith(files: readonly string[]): Record<string, string | undefined> {
  const environment: Record<string, string | undefined> = {};
  for (const path of files) Object.assign(environment, parseEnv(readFileSync(path, "utf8")));
  return Object.assign(environment, process.env);
}

function moduleFinding(manifest: Manifest | undefined): Finding {
  const check = "modules";
  if (manifest === undefined) {
    return { check, level: "warning", message: "there is no package.json", fix: "run doctor in the program's folder" };
  }
  return {
    check,
    level: "ok",
    message: manifest.type === "module" ? "ES modules (type: module)" : "CommonJS, unless a file is .mjs or .mts",
  };
}
