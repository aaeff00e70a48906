import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "./manifest.js";

export const FRAMEWORKS = ["nextjs", "nestjs", "fastify", "express", "lambda", "none"] as const;
export type Framework = (typeof FRAMEWORKS)[number];

/** A package that shows each; a framework that stands upon another one comes first. */
const PACKAGES: readonly (readonly [RegExp, Framework])[] = [
  [/^next$/, "nextjs"],
  [/^@nestjs\/core$/, "nestjs"],
  [/^fastify$/, "fastify"],
  [/^express$/, "express"],
  [/^(@types\/aws-lambda|aws-lambda|serverless|@aws-lambda-powertools\/.*)$/, "lambda"],
];
const LAMBDA_FILES = ["serverless.yml", "serverless.ts", "samconfig.toml", "template.yaml"];

/** The framework that a project is made with, by its packages and files. */
export function frameworkOf({ folder, dependencies }: Manifest): Framework {
  const names = Object.keys(dependencies);
  const found = PACKAGES.find(([pattern]) => names.some((name) => pattern.test(name)));
  if (found !== undefined) return found[1];
  return LAMBDA_FILES.some((name) => existsSync(join(folder, name))) ? "lambda" : "none";
}
