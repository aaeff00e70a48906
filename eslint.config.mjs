import js from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

// The rooms of lib, lowest first: a room imports only from rooms to its left.
const rooms = {
  wire: [],
  capture: ["wire"],
  observe: ["capture", "wire"],
  options: ["capture", "wire"],
  metrics: ["observe", "wire"],
  scope: ["options", "observe", "capture", "wire"],
  decorators: ["scope", "options", "observe", "capture", "wire"],
  instructor: ["scope", "metrics", "options", "observe", "capture", "wire"],
  telemetry: ["instructor", "scope", "metrics", "options", "observe", "capture", "wire"],
  // A program of their own: nothing of the SDK imports them.
  viewer: ["telemetry", "wire"],
  cli: ["viewer", "telemetry", "options", "wire"],
};

// The same inside the rooms that have rooms of their own; what lies beside these may import them all.
const innerRooms = {
  "capture/masking": ["bounds.ts", "redact-option.ts", "user-values.ts"],
  "instructor/schema": ["instrumentor/load.ts"],
  "instructor/call": ["schema"],
  "instructor/streaming": ["call", "schema"],
  "instructor/openai": ["streaming", "call", "schema"],
  "instructor/client": ["openai", "streaming", "call", "schema", "instrumentor/load.ts"],
  "telemetry/delivery": ["settings", "timers.ts", "diagnostics.ts"],
  "telemetry/selection": ["delivery/traces-url.ts", "settings", "telemetry-options.ts", "timers.ts", "diagnostics.ts"],
  "telemetry/settings": ["selection", "telemetry-options.ts", "diagnostics.ts"],
  "telemetry/provider": ["settings", "selection", "delivery", "diagnostics.ts"],
};

const zone = (target, from, allowed) => ({
  target: `./lib/${target}`,
  from: `./${from}`,
  except: [target.split("/").at(-1), ...allowed].map((name) => `./${name}`),
  message: `Of ${from}, lib/${target} may import only ${allowed.length > 0 ? allowed.join(", ") : "itself"}.`,
});

const zones = [
  ...Object.entries(rooms).map(([room, allowed]) => zone(room, "lib", allowed)),
  ...Object.entries(innerRooms).map(([room, allowed]) => zone(room, `lib/${room.split("/")[0]}`, allowed)),
];

/** Private state is `#x`: `private` is for constructors alone. */
const privateState = [
  ...["PropertyDefinition", "MethodDefinition[kind!='constructor']", "TSParameterProperty"].map((node) => ({
    selector: `:matches(${node})[accessibility=/^(private|protected)$/]`,
    message: "Write #name instead of private or protected.",
  })),
  {
    selector: ":matches(PropertyDefinition, MethodDefinition)[key.name=/^_/]",
    message: "Write #name instead of _name.",
  },
];

export default tseslint.config(
  {
    ignores: [
      "dist/**",
      "coverage/**",
      "reports/**",
      "docs/api/**",
      "node_modules/**",
      "bench/node_modules/**",
      "spec/fixtures/**",
      // Written while the specs or mutation tests run.
      "spec/docs/.*/**",
      ".stryker-tmp/**",
      // Little projects with dependencies of their own, checked where they are installed (npm run test:frameworks).
      "samples/*/src/**",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { "import-x": importX },
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./lib/viewer/page/tsconfig.json", "./spec/legacy/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    settings: {
      "import-x/resolver-next": [createTypeScriptImportResolver({ project: "./tsconfig.json" })],
    },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-console": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/unbound-method": "off",
      // A tenth of the time that linting takes, for a mistake that the types of this code rule out.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      // The strict rules forbid `!`, which this one would ask for.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
    },
  },
  {
    files: ["lib/**/*.{ts,tsx}"],
    rules: {
      "max-params": ["error", 4],
      // The word list of cspell.config.yaml has single words only.
      "no-warning-comments": ["error", { terms: ["of ours", "of theirs", "of the user's"], location: "anywhere" }],
      "no-restricted-syntax": ["error", ...privateState],
    },
  },
  {
    files: ["spec/**/*.ts", "samples/**/*.ts", "bench/**/*.ts", "scripts/**/*.ts"],
    rules: {
      "no-console": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-extraneous-class": "off",
      "@typescript-eslint/class-methods-use-this": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", name: "test", package: "node:test" }] },
      ],
      // Specs read JSON and hostile values as they come.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-deprecated": "off",
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs", "**/*.js"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        require: "readonly",
        module: "readonly",
        exports: "readonly",
        __filename: "readonly",
        performance: "readonly",
        setTimeout: "readonly",
        setImmediate: "readonly",
        Buffer: "readonly",
        globalThis: "readonly",
        fetch: "readonly",
      },
    },
  },
);
