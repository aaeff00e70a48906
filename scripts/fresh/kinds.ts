import type { Files } from "../projects/installation.js";
import { json } from "../projects/installation.js";
import * as programs from "./programs.js";

/** A new project, and the program that a person writes after `setup`. */
export interface Kind {
  readonly name: string;
  /** The command that generates it in an empty folder. Default: only the files. */
  readonly generate?: readonly string[];
  readonly files: Files;
  readonly manager: "npm" | "pnpm" | "yarn" | "yarn-berry" | "bun";
  /** What `setup` must detect, and the remaining steps that it must print. */
  readonly found: RegExp;
  readonly step: RegExp;
  /** Files written after `setup`; a function changes an existing file. */
  readonly program: Readonly<Record<string, string | ((text: string) => string)>>;
  readonly build?: readonly string[];
  readonly start: readonly string[];
  /** The path to request from a server. Default: none; the program exits. */
  readonly path?: string;
}

const manifest = (fields: object): string => json({ name: "support-api", version: "1.0.0", private: true, ...fields });
const TSCONFIG = (module: string): string =>
  json({
    compilerOptions: {
      target: "es2022",
      module,
      moduleResolution: "bundler",
      strict: true,
      skipLibCheck: true,
      types: ["node"],
    },
  });
const TYPESCRIPT = { tsx: "^4.20.0", typescript: "~6.0.3", "@types/node": "^20.19.0" };

const PLAIN: Omit<Kind, "name" | "manager"> = {
  files: {
    "package.json": manifest({ type: "module", devDependencies: TYPESCRIPT }),
    "tsconfig.json": TSCONFIG("esnext"),
    "src/main.ts": "",
  },
  found: /ES modules, TypeScript with standard decorators, no framework/,
  step: /import "\.\/tracing\.js";/,
  program: { "src/desk.ts": programs.DECORATED, "src/main.ts": programs.main("import") },
  build: ["tsc", "--noEmit"],
  start: ["tsx", "src/main.ts"],
};

export const KINDS: readonly Kind[] = [
  { name: "TypeScript, no framework", manager: "npm", ...PLAIN },
  {
    name: "JavaScript, ES modules",
    manager: "npm",
    files: { "package.json": manifest({ type: "module" }) },
    found: /ES modules, JavaScript, no framework/,
    step: /import "\.\/tracing\.js";/,
    program: { "desk.js": programs.functions("js"), "main.js": programs.main("import") },
    start: ["node", "main.js"],
  },
  {
    name: "JavaScript, CommonJS",
    manager: "npm",
    files: { "package.json": manifest({}) },
    found: /CommonJS, JavaScript, no framework/,
    step: /require\("\.\/tracing\.js"\);/,
    program: { "desk.js": programs.functions("cjs"), "main.js": programs.main("require") },
    start: ["node", "main.js"],
  },
  {
    name: "Express",
    manager: "npm",
    files: {
      "package.json": manifest({
        dependencies: { express: "^5.1.0" },
        devDependencies: { ...TYPESCRIPT, "@types/express": "^5.0.0" },
      }),
      "tsconfig.json": TSCONFIG("esnext"),
      "src/server.ts": "",
    },
    found: /TypeScript with standard decorators, express/,
    step: /import \{ respanScope \} from "\.\/tracing";.*app\.use\(respanScope\);/,
    program: { "src/desk.ts": programs.DECORATED, "src/server.ts": programs.EXPRESS },
    build: ["tsc", "--noEmit"],
    start: ["tsx", "src/server.ts"],
    path: "/ticket",
  },
  {
    name: "Fastify",
    manager: "npm",
    files: {
      "package.json": manifest({ type: "module", dependencies: { fastify: "^5.0.0" }, devDependencies: TYPESCRIPT }),
      "tsconfig.json": TSCONFIG("esnext"),
      "src/server.ts": "",
    },
    found: /ES modules, TypeScript with standard decorators, fastify/,
    step: /import \{ respanScope \} from "\.\/tracing\.js";.*app\.addHook\("preHandler", respanScope\);/,
    program: { "src/desk.ts": programs.DECORATED, "src/server.ts": programs.FASTIFY },
    build: ["tsc", "--noEmit"],
    start: ["tsx", "src/server.ts"],
    path: "/ticket",
  },
  {
    name: "NestJS",
    manager: "npm",
    generate: [
      "npx",
      "--yes",
      "@nestjs/cli@11",
      "new",
      "support-api",
      "--directory",
      ".",
      "--skip-install",
      "--skip-git",
      "--package-manager",
      "npm",
    ],
    files: {},
    found: /TypeScript with legacy decorators, nestjs/,
    step: /import "\.\/tracing";.*src\/main\.ts/,
    program: {
      "src/main.ts": (text) => `import "./tracing";\n${text}`,
      "src/desk.ts": programs.DECORATED,
      "src/app.service.ts": programs.NEST_SERVICE,
      "src/app.controller.ts": programs.NEST_CONTROLLER,
    },
    build: ["npm", "run", "build"],
    start: ["node", "dist/main.js"],
    path: "/",
  },
  {
    name: "Next.js",
    manager: "npm",
    generate: [
      "npx",
      "--yes",
      "create-next-app@16",
      ".",
      "--yes",
      "--ts",
      "--app",
      "--src-dir",
      "--no-tailwind",
      "--no-linter",
      "--use-npm",
      "--skip-install",
      "--disable-git",
    ],
    // The generator's layout asks another host for its fonts.
    files: { "src/app/layout.tsx": programs.NEXT_LAYOUT },
    found: /TypeScript with standard decorators, nextjs/,
    step: /serverExternalPackages: \["respan-instructor", "@instructor-ai\/instructor"\]/,
    program: {
      "src/desk.ts": programs.functions("ts"),
      "src/app/ticket/route.ts": programs.NEXT_ROUTE,
      "next.config.ts": programs.NEXT_CONFIG,
    },
    build: ["npm", "run", "build"],
    start: ["next", "start", "--hostname", "127.0.0.1"],
    path: "/ticket",
  },
  {
    name: "Lambda",
    manager: "npm",
    files: {
      "package.json": manifest({ type: "module", devDependencies: { ...TYPESCRIPT, "@types/aws-lambda": "^8.10.0" } }),
      "tsconfig.json": TSCONFIG("esnext"),
      "src/handler.ts": "",
    },
    found: /ES modules, TypeScript with standard decorators, lambda/,
    step: /import \{ traced \} from "\.\/tracing\.js";/,
    program: {
      "src/desk.ts": programs.DECORATED,
      "src/handler.ts": programs.LAMBDA,
      "src/invoke.ts": programs.INVOKE,
    },
    build: ["tsc", "--noEmit"],
    start: ["tsx", "src/invoke.ts"],
  },
  {
    name: "pnpm",
    manager: "pnpm",
    ...PLAIN,
    // tsx brings esbuild, whose install script pnpm asks about.
    files: { ...PLAIN.files, "pnpm-workspace.yaml": "strictDepBuilds: false\n" },
  },
  { name: "yarn", manager: "yarn", ...PLAIN },
  {
    name: "yarn 4",
    manager: "yarn-berry",
    ...PLAIN,
    files: { ...PLAIN.files, "yarn.lock": "", ".yarnrc.yml": "nodeLinker: node-modules\nenableTelemetry: false\n" },
  },
  { name: "bun", manager: "bun", ...PLAIN },
];
