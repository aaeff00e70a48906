import { z } from "zod/v3";
import { assertOptions } from "../options/check-options.js";
import type { PropagatedAttributes } from "../scope/propagation.js";
import type { AnyEntityOptions, EntityKind } from "./entity-options.js";

/** Names of the decorators, as a message shows them. */
export const DECORATOR: Readonly<Record<EntityKind, string>> = {
  workflow: "Workflow",
  task: "Task",
  agent: "Agent",
  tool: "Tool",
};

let built: ReturnType<typeof buildSchema> | undefined;

/**
 * Checks what a decorator or a function form was told; a bare string is the name.
 * @param title what is decorated, for the message: `@Task on SupportDesk.extract`, `withTask`
 * @returns the options, undefined ones included
 * @throws TypeError that says which option, what it got and what it wants
 */
export function checkOptions(given: unknown, title: string): AnyEntityOptions {
  if (given === undefined) return {};
  const options: unknown = typeof given === "string" ? { name: given } : given;
  assertOptions((built ??= buildSchema()), options, { title, takes: "a name (a string) or an object of options" });
  return options;
}

/** What each option takes; texts come before functions, which Zod is slower to tell. */
function buildSchema() {
  const aFunction = z.custom<never>((value) => typeof value === "function");
  const orFunction = <Schema extends z.ZodTypeAny>(schema: Schema, wanted: string) =>
    z.union([schema, aFunction]).optional().describe(wanted);
  const perCall = <Schema extends z.ZodTypeAny>(schema: Schema, wanted: string) =>
    orFunction(schema, `${wanted}, or a function of the instance and the arguments that gives one`);

  const text = perCall(z.string(), "a string");
  const identifier = perCall(z.union([z.string(), z.number().finite()]), "a string or a number");
  const record = perCall(z.custom<NonNullable<PropagatedAttributes["metadata"]>>(isObject), "an object");
  const capture = orFunction(z.boolean(), "true, false or a function that chooses what is kept");
  const promptId = z.union([z.object({ promptId: z.string() }), z.object({ prompt_id: z.string() })]);

  return z.object({
    name: perCall(z.string().regex(/\S/), "a string that is not empty"),
    version: identifier,
    customerIdentifier: identifier,
    customerEmail: text,
    customerName: text,
    threadIdentifier: identifier,
    sessionIdentifier: identifier,
    customIdentifier: identifier,
    groupIdentifier: identifier,
    evaluationIdentifier: identifier,
    environment: text,
    metadata: record,
    properties: record,
    prompt: perCall(promptId, "an object with a promptId (a string)"),
    traceContent: orFunction(
      z.boolean(),
      "true, false or a function of the instance and the arguments that gives one of them",
    ),
    captureInput: capture,
    captureOutput: capture,
  } satisfies Record<keyof AnyEntityOptions, z.ZodTypeAny>);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
