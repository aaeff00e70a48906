import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { DecoratorMode } from "../project/decorator-mode.js";
import { decoratorMode } from "../project/decorator-mode.js";
import type { Framework } from "../project/framework.js";
import { frameworkOf } from "../project/framework.js";
import type { Manifest } from "../project/manifest.js";
import { nearestManifest } from "../project/manifest.js";
import type { PackageManager } from "../project/package-manager.js";
import { packageManagerOf } from "../project/package-manager.js";

/** What a set-up depends on. */
export interface Project {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly packageManager: PackageManager;
  readonly framework: Framework;
  readonly isTypeScript: boolean;
  /** Undefined in JavaScript. */
  readonly decorators: DecoratorMode["mode"] | undefined;
  /** The service's name. */
  readonly appName: string;
  /** Where its sources are, from its folder: `src` or nothing. */
  readonly sources: "src/" | "";
}

/** @throws Error where the folder holds no project */
export function readProject(given: string, framework: Framework | undefined): Project {
  const manifest = nearestManifest(given);
  if (manifest === undefined) throw new Error(`there is no package.json in ${given}: run \`npm init\` there first`);
  const { folder } = manifest;
  const found = frameworkOf(manifest);
  const decorators = decoratorMode(folder);
  // A tsconfig.json above the project is another one's.
  const isTypeScript = decorators?.folder === folder || "typescript" in manifest.dependencies;
  return {
    folder,
    manifest,
    packageManager: packageManagerOf(manifest),
    framework: framework ?? found,
    isTypeScript,
    decorators: isTypeScript ? (decorators?.mode ?? "standard") : undefined,
    appName: (manifest.name ?? basename(folder)).replace(/^@[^/]*\//, ""),
    sources: hasSources(folder, framework ?? found) ? "src/" : "",
  };
}

/** Next.js looks for its file beside the folder of its pages. */
function hasSources(folder: string, framework: Framework): boolean {
  const sought = framework === "nextjs" ? ["src/app", "src/pages"] : ["src"];
  return sought.some((name) => existsSync(join(folder, name)));
}
