import { relative } from "node:path";
import type { DecoratorMode } from "../project/decorator-mode.js";
import { decoratorMode } from "../project/decorator-mode.js";
import { decoratedSource } from "../project/decorated-source.js";
import type { Manifest } from "../project/manifest.js";
import { installedPackage } from "../project/manifest.js";
import { runnersOf } from "../project/runners.js";
import type { Runner } from "../project/runners.js";
import type { Finding } from "./finding.js";

const check = "decorators";

/** How decorators are compiled, and whether what runs the program agrees. */
export function checkDecorators(folder: string, manifest: Manifest | undefined): Finding[] {
  let mode: DecoratorMode | undefined;
  try {
    mode = decoratorMode(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ check, level: "warning", message: `tsconfig.json cannot be read: ${reason}`, fix: "correct it" }];
  }
  if (mode === undefined) return [withoutTypeScript(folder)];
  const words = mode.mode === "legacy" ? "legacy decorators (experimentalDecorators)" : "standard decorators";
  const target = mode.target === undefined ? "" : `, target ${mode.target}`;
  const findings: Finding[] = [
    { check, level: "ok", message: `${shown(folder, mode.path)} asks for ${words}${target}` },
  ];
  const decorated = decoratedSource(mode.folder);
  const runners = manifest === undefined ? [] : runnersOf(manifest);
  for (const runner of runners) findings.push(runnerFinding(runner, mode, decorated && shown(folder, decorated)));
  if (runners.some(({ name }) => name === "tsx") && mode.emitsMetadata) findings.push(withoutMetadata(folder));
  if (runners.length === 0) {
    const message = "no script of package.json shows what compiles the program";
    findings.push({ check, level: "note", message, fix: "tsx and tsc compile decorators; Node itself does not" });
  }
  return findings;
}

function withoutTypeScript(folder: string): Finding {
  const decorated = decoratedSource(folder);
  if (decorated === undefined) {
    const message = "no tsconfig.json: in JavaScript, decorators need a compiler";
    return { check, level: "note", message, fix: "use withWorkflow and withTask, or compile the program" };
  }
  const message = `no tsconfig.json, and ${shown(folder, decorated)} has decorators: a compiler takes its defaults`;
  return { check, level: "note", message, fix: "add a tsconfig.json" };
}

function runnerFinding(runner: Runner, mode: DecoratorMode, decorated: string | undefined): Finding {
  const { works, because, fix } = runner.decorators(mode);
  const message = `${runner.name} ${because}`;
  if (works === true) return { check, level: "ok", message };
  // A program that decorates nothing runs all the same.
  const level = works === false && decorated !== undefined ? "problem" : "warning";
  const where = decorated === undefined ? "" : `; ${decorated} has decorators`;
  return { check, level, message: message + where, ...(fix !== undefined && { fix }) };
}

function withoutMetadata(folder: string): Finding {
  const isNest = installedPackage(folder, "@nestjs/core") !== undefined;
  const message = "tsx does not emit decorator metadata (emitDecoratorMetadata)";
  return isNest
    ? {
        check,
        level: "warning",
        message: `${message}, by which Nest injects`,
        fix: "run the program with nest start or ts-node",
      }
    : { check, level: "note", message };
}

function shown(folder: string, path: string): string {
  const from = relative(folder, path);
  return from.startsWith("..") ? path : from;
}
