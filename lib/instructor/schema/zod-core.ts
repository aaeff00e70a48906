import type * as ZodCore from "zod/v4/core";
import type { ResponseModel } from "./types.js";
import { isZod4 } from "./zod.js";

type Core = Pick<typeof ZodCore, "globalRegistry" | "toJSONSchema">;

let core: Core | undefined;
let loading: Promise<void> | undefined;
let isTried = false;

/**
 * Loads Zod 4's own converter where a schema needs it and does not bring it. A program of Zod 3 schemas never loads it.
 * @returns what to wait for before the schema is described; `undefined` where there is nothing to wait for
 */
export function converterFor(schema: unknown): Promise<void> | undefined {
  if (isTried || !needsConverter(schema)) return undefined;
  loading ??= import("zod/v4/core")
    .then(
      (loaded) => void (core = loaded),
      () => undefined,
    )
    .then(() => void (isTried = true));
  return loading;
}

/** The same for the schema of a request; for one that cannot be read there is nothing to wait for. */
export function converterForRequest(request: { readonly response_model?: ResponseModel }): Promise<void> | undefined {
  try {
    return converterFor(request.response_model?.schema);
  } catch {
    return undefined;
  }
}

/** Whether only the converter can describe a schema: one of `zod/mini`, or of a Zod 4 before 4.2. */
function needsConverter(schema: unknown): boolean {
  return typeof schema === "object" && schema !== null && isZod4(schema) && typeof schema.toJSONSchema !== "function";
}

/** @throws Error where it could not be loaded, or was not loaded first */
export function zodCore(): Core {
  if (core === undefined) throw new Error("zod/v4/core is not loaded");
  return core;
}

/** Where Zod keeps descriptions of schemas that do not tell them; `undefined` where it is not loaded. */
export function zodRegistry(): Core["globalRegistry"] | undefined {
  return core?.globalRegistry;
}
