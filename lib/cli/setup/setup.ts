import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Framework } from "../project/framework.js";
import { paint, print } from "../terminal.js";
import { difference } from "./difference.js";
import type { Addition } from "./plan.js";
import { planOf } from "./plan.js";
import type { Project } from "./project.js";
import { readProject } from "./project.js";

export interface SetupOptions {
  readonly framework?: Framework;
  readonly dryRun?: boolean;
  /** False with `--no-install`. */
  readonly install: boolean;
}

/** `respan-instructor setup`: installs what is missing, and adds what a program needs to be traced. */
export async function setup(given: string, options: SetupOptions): Promise<number> {
  const { stdout, stderr } = process;
  const project = readProject(resolve(given), options.framework);
  const { install, additions, steps } = planOf(project);
  print(stdout, described(project));
  if (install.length > 0 && options.install) {
    print(stdout, paint(stdout, "dim", `$ ${install.join(" ")}`));
    if (options.dryRun !== true && !(await runs(install, project.folder))) {
      print(stderr, "The packages could not be installed; nothing was written.");
      return 1;
    }
  }
  for (const addition of additions) {
    if (options.dryRun === true) stdout.write(difference(addition));
    else write(project.folder, addition);
  }
  if (additions.length === 0 && install.length === 0) print(stdout, "Everything is there; nothing was changed.");
  print(stdout, "");
  print(stdout, paint(stdout, "bold", "What is left to do"));
  const all = [
    ...steps,
    "Copy .env.example to .env, and load it: node --env-file=.env.",
    "Run `npx respan-instructor doctor`.",
  ];
  all.forEach((step, index) => print(stdout, `${index + 1}. ${step}`));
  return 0;
}

function described({ packageManager, manifest, isTypeScript, decorators, framework }: Project): string {
  return [
    packageManager,
    manifest.type === "module" ? "ES modules" : "CommonJS",
    isTypeScript ? `TypeScript with ${decorators ?? ""} decorators` : "JavaScript",
    framework === "none" ? "no framework" : framework,
  ].join(", ");
}

function write(folder: string, { path, before, after }: Addition): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  // Never over a file that has come meanwhile, and never over what stands in one.
  if (before === undefined) writeFileSync(target, after, { flag: "wx" });
  else appendFileSync(target, after.slice(before.length));
  print(process.stdout, `${before === undefined ? "wrote" : "added to"} ${path}`);
}

function runs([command = "", ...args]: readonly string[], cwd: string): Promise<boolean> {
  return new Promise((done) => {
    // On Windows package managers are scripts of the shell.
    const child = spawn(command, args, {
      cwd,
      stdio: ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
    });
    child.once("error", () => done(false));
    child.once("close", (code) => done(code === 0));
  });
}
