/** The compiler options of a careful project. */
export const STRICT = {
  target: "es2022",
  lib: ["es2023", "dom", "esnext.disposable"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  rootDir: ".",
  outDir: "out",
};

/** `tsconfig.json` as text: {@link STRICT} and what differs from it. */
export const tsconfig = (options: object): string =>
  JSON.stringify({ compilerOptions: { ...STRICT, ...options }, include: ["*.ts", "*.mts", "*.cts"] }, undefined, 2);
