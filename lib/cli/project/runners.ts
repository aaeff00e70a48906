import type { DecoratorMode } from "./decorator-mode.js";
import type { Manifest } from "./manifest.js";

/** What becomes of decorators, and what to do about it where that is not good. */
export interface Verdict {
  readonly works: boolean | "perhaps";
  readonly because: string;
  readonly fix?: string;
}

/** A tool that runs or compiles TypeScript. */
export interface Runner {
  readonly name: string;
  /** How a script of `package.json` that uses it looks. */
  readonly script: RegExp;
  readonly decorators: (options: Pick<DecoratorMode, "mode" | "target">) => Verdict;
}

const WORKS: Verdict = { works: true, because: "compiles them" };
const TO_ES2022 = 'set "target": "es2022" in tsconfig.json';

/** TypeScript's own compiler, under whatever name it is called. */
const typescript: Runner["decorators"] = ({ mode, target }) =>
  mode === "standard" && target === "esnext"
    ? {
        works: false,
        because: 'leaves them as they are with "target": "esnext", and Node cannot parse them',
        fix: TO_ES2022,
      }
    : WORKS;

/** One line for each tool; the first that fits a script is its runner. */
export const RUNNERS: readonly Runner[] = [
  { name: "tsx", script: /\btsx\b/, decorators: () => WORKS },
  { name: "ts-node", script: /\bts-node(-dev|-esm)?\b/, decorators: typescript },
  { name: "Nest's command", script: /\bnest (start|build)\b/, decorators: typescript },
  {
    name: "Next.js",
    script: /\bnext (dev|build|start)\b/,
    decorators: ({ mode }) =>
      mode === "legacy"
        ? WORKS
        : {
            works: "perhaps",
            because: "compiles decorators for certain only in their legacy form",
            fix: 'set "experimentalDecorators": true in tsconfig.json',
          },
  },
  {
    name: "Vite",
    script: /\bvite(-node)?( (dev|build|serve)\b|$)/,
    decorators: ({ mode }) =>
      mode === "legacy"
        ? WORKS
        : {
            works: "perhaps",
            because: "compiles standard decorators only where its target lacks them",
            fix: 'set "experimentalDecorators": true in tsconfig.json, or a target of es2022 in Vite\'s configuration',
          },
  },
  {
    name: "esbuild",
    script: /\b(esbuild|tsup)\b/,
    decorators: ({ mode }) =>
      mode === "legacy"
        ? WORKS
        : {
            works: "perhaps",
            because: "leaves standard decorators as they are without a --target",
            fix: "add --target=node20, or the Node that you run on",
          },
  },
  { name: "tsc", script: /\btsc\b(?!.*--noEmit)/, decorators: typescript },
  {
    name: "SWC",
    script: /\bswc(-node)?\b/,
    decorators: () => ({
      works: "perhaps",
      because: "reads .swcrc, not tsconfig.json",
      fix: "check jsc.parser.decorators and jsc.transform in .swcrc",
    }),
  },
  { name: "Bun", script: /\bbun\b/, decorators: () => WORKS },
  {
    // With one of the loaders above, Node does not strip types itself.
    name: "Node's type stripping",
    script: /(?<![\w-])node\b(?!.*(--import|--require|--loader|-r)\b).*\.[mc]?ts\b/,
    decorators: () => ({
      works: false,
      because: "only removes types: a decorator is a syntax error to it",
      fix: "run the program with tsx, compile it with tsc, or use withWorkflow and withTask in place of decorators",
    }),
  },
];

/** The tools that the scripts of a manifest use, each once. */
export function runnersOf({ scripts }: Pick<Manifest, "scripts">): Runner[] {
  // What only tests or checks says nothing about the program.
  const relevant = Object.entries(scripts).filter(([name]) => !/test|lint|check|format/i.test(name));
  const found = relevant.flatMap(([, script]) => RUNNERS.filter((runner) => runner.script.test(script)));
  return [...new Set(found)];
}
