import { getTsconfig } from "get-tsconfig";
import { dirname } from "node:path";

/** How TypeScript is told to read decorators. */
export interface DecoratorMode {
  /** `legacy` is `experimentalDecorators`. */
  readonly mode: "standard" | "legacy";
  /** In lower case; undefined where none is given. */
  readonly target: string | undefined;
  readonly emitsMetadata: boolean;
  /** The `tsconfig.json`; what it extends is taken into account. */
  readonly path: string;
  readonly folder: string;
}

/**
 * The mode of the nearest `tsconfig.json`; undefined where there is none.
 * @throws Error where it cannot be read
 */
export function decoratorMode(folder: string): DecoratorMode | undefined {
  const found = getTsconfig(folder);
  if (found === null) return undefined;
  const { experimentalDecorators, emitDecoratorMetadata, target } = found.config.compilerOptions ?? {};
  return {
    mode: experimentalDecorators === true ? "legacy" : "standard",
    target: target?.toLowerCase(),
    emitsMetadata: emitDecoratorMetadata === true,
    path: found.path,
    folder: dirname(found.path),
  };
}
