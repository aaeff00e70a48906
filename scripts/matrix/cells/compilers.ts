import { tsconfig } from "../../projects/compiler-options.js";
import { succeed } from "../../projects/run.js";
import type { Cell } from "../cell.js";
import { extractionCell, program } from "../extraction-cell.js";
import type { Project } from "../extraction-cell.js";

const CONVENTIONS = ["standard", "legacy"] as const;
const TYPES = ["module", "commonjs"] as const;
const nameOf = (type: (typeof TYPES)[number]): string => (type === "module" ? "ES modules" : "CommonJS");

/** Runs `compile.mjs`, which uses the compiler's own API. */
const compileScript = async ({ folder }: Project): Promise<string> => {
  const { stdout } = await succeed(process.execPath, ["compile.mjs"], { cwd: folder });
  return stdout.trim();
};

const swc = CONVENTIONS.flatMap((convention) =>
  TYPES.map((type) =>
    extractionCell({
      group: "SWC",
      name: `${convention} decorators, ${nameOf(type)}`,
      type,
      dependencies: { "@swc/core": "^1.16" },
      files: {
        "compile.mjs": `import { mkdirSync, writeFileSync } from "node:fs";
import { transformFileSync } from "@swc/core";
const { code } = transformFileSync("extraction.ts", {
  swcrc: false,
  module: { type: "${type === "module" ? "es6" : "commonjs"}" },
  jsc: {
    target: "es2022",
    parser: { syntax: "typescript", decorators: true },
    transform: ${
      convention === "standard"
        ? '{ decoratorVersion: "2023-11" }'
        : "{ legacyDecorator: true, decoratorMetadata: true }"
    },
  },
});
mkdirSync("out");
writeFileSync("out/extraction.js", code);
`,
      },
      compile: compileScript,
      command: ["out/extraction.js"],
    }),
  ),
);

const tsx = CONVENTIONS.flatMap((convention) =>
  TYPES.map((type) =>
    extractionCell({
      group: "esbuild (tsx)",
      name: `${convention} decorators, ${nameOf(type)}`,
      type,
      dependencies: { tsx: "^4" },
      files: {
        "tsconfig.json": tsconfig({ module: "nodenext", experimentalDecorators: convention === "legacy" }),
      },
      command: ["--import", "tsx", "extraction.ts"],
    }),
  ),
);

const BABEL_KINDS = (["2023-11", "legacy"] as const).flatMap((decorators) =>
  TYPES.map((type) => ({ decorators, type })),
);

const babel = (["7", "8"] as const).flatMap((version) =>
  BABEL_KINDS.map(({ decorators, type }) =>
    extractionCell({
      group: `Babel ${version}`,
      name: `${decorators} decorators, ${nameOf(type)}`,
      type,
      dependencies: {
        "@babel/core": `^${version}`,
        "@babel/preset-typescript": `^${version}`,
        "@babel/plugin-proposal-decorators": `^${version}`,
        "@babel/plugin-transform-modules-commonjs": `^${version}`,
      },
      files: {
        "compile.mjs": `import { mkdirSync, writeFileSync } from "node:fs";
import { transformFileSync } from "@babel/core";
const { code } = transformFileSync("extraction.ts", {
  babelrc: false,
  configFile: false,
  presets: ["@babel/preset-typescript"],
  plugins: [
    ["@babel/plugin-proposal-decorators", { version: "${decorators}" }],
    ${type === "commonjs" ? '"@babel/plugin-transform-modules-commonjs",' : ""}
  ],
});
mkdirSync("out");
writeFileSync("out/extraction.js", code);
`,
      },
      compile: compileScript,
      command: ["out/extraction.js"],
    }),
  ),
);

const VITEST_FILE = `import { expect, test } from "vitest";
import { done } from "./extraction.js";
test("extracts", async () => {
  await done;
  expect(true).toBe(true);
});
`;

const exported = (): string => program("ts").replace("void main();", "export const done = main();");

/** Vite 8 compiles with Oxc, which knows the legacy form alone; standard decorators go through Babel there. */
const VITE_STANDARD = `import babel from "@babel/core";
export default {
  oxc: false,
  plugins: [
    {
      name: "standard-decorators",
      enforce: "pre",
      transform(code, id) {
        if (!id.endsWith(".ts")) return undefined;
        return babel.transformSync(code, {
          filename: id,
          babelrc: false,
          configFile: false,
          sourceMaps: true,
          presets: ["@babel/preset-typescript"],
          plugins: [["@babel/plugin-proposal-decorators", { version: "2023-11" }]],
        });
      },
    },
  ],
};
`;

const VITE_BABEL = { "@babel/core": "^7", "@babel/preset-typescript": "^7", "@babel/plugin-proposal-decorators": "^7" };

const vite = CONVENTIONS.flatMap((convention) => {
  const dependencies = {
    vite: "^8",
    vitest: "^5",
    // Of the Node that these run on: vitest refuses older ones.
    "@types/node": "^22",
    ...(convention === "standard" ? VITE_BABEL : {}),
  };
  const files = {
    "extraction.ts": exported(),
    "tsconfig.json": tsconfig({
      module: "esnext",
      moduleResolution: "bundler",
      experimentalDecorators: convention === "legacy",
    }),
    "vite.config.mjs": convention === "standard" ? VITE_STANDARD : "export default {};\n",
  };
  return [
    extractionCell({
      group: "Vite",
      name: `build for the server, ${convention} decorators`,
      runtime: "node22",
      dependencies,
      files,
      compile: async ({ folder, installation, workshop }) => {
        const node = await workshop.runtime("node22");
        const args = [installation.bin("vite"), "build", "--ssr", "extraction.ts", "--outDir", "out"];
        await succeed(node, args, { cwd: folder });
        return "";
      },
      command: ["out/extraction.js"],
    }),
    extractionCell({
      group: "Vite",
      name: `vitest, ${convention} decorators`,
      runtime: "node22",
      dependencies,
      files: { ...files, "extraction.test.ts": VITEST_FILE },
      command: ["../../node_modules/vitest/vitest.mjs", "run", "--disable-console-intercept", "--reporter=dot"],
    }),
  ];
});

/** esbuild inside Vite 7 compiles standard decorators. */
const vite7 = ["3", "4"].flatMap((vitest) =>
  CONVENTIONS.map((convention) =>
    extractionCell({
      group: "Vite",
      name: `vitest ${vitest} with Vite 7, ${convention} decorators`,
      dependencies: { vite: "^7", vitest: `^${vitest}` },
      files: {
        "extraction.ts": exported(),
        "extraction.test.ts": VITEST_FILE,
        "tsconfig.json": tsconfig({
          module: "esnext",
          moduleResolution: "bundler",
          experimentalDecorators: convention === "legacy",
        }),
      },
      command: ["../../node_modules/vitest/vitest.mjs", "run", "--disable-console-intercept", "--reporter=dot"],
    }),
  ),
);

/** Jest as it comes, which runs CommonJS without `import()`. */
const jest = extractionCell({
  group: "Jest",
  name: "default configuration",
  type: "commonjs",
  dependencies: { jest: "^30" },
  files: {
    // Jest prints what goes to the console in a frame of its own.
    "extraction.cjs": program("cjs")
      .replace("void main();", "module.exports = main();")
      .replace("console.log(", 'process.stdout.write("\\n" + '),
    "extraction.test.js": `test("extracts", async () => { await require("./extraction.cjs"); expect(true).toBe(true); });\n`,
    "jest.config.json": "{}",
  },
  command: ["../../node_modules/jest/bin/jest.js", "--ci"],
});

export const compilerCells: readonly Cell[] = [...swc, ...tsx, ...babel, ...vite, ...vite7, jest];
