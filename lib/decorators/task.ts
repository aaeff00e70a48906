import type { EntityDecorator, EntityFunction } from "./entity-decorator.js";
import { entityDecorator, entityFunction } from "./entity-decorator.js";

/**
 * Opens a span around a method that is a step of a workflow. Its name is part of the entity path of all spans inside.
 * The method behaves as it did: same results, same errors, same type.
 *
 * Use it as `@Task`, `@Task()`, `@Task("name")` or `@Task({ … })` with {@link EntityOptions}, under standard or legacy
 * decorators. Outside `RespanTelemetry`, or with telemetry disabled, it does nothing.
 *
 * @throws TypeError at class definition, where it stands on anything but a method or an option is wrong
 * @example
 * ```ts
 * class SupportDesk {
 *   @Task({ name: "extract_invoice" })
 *   extractInvoice(text: string) { return client.create({ … }); }
 * }
 * ```
 */
export const Task: EntityDecorator = entityDecorator("task");

/**
 * Calls a function as {@link Task} has a method called: for code without classes.
 *
 * @param options the name, or {@link EntityOptions}; without a name there, the function's own, or `anonymous`
 * @param fn a sync, async or generator function
 * @param args what it is called with
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError where an option is wrong
 * @example `const result = await withTask("extract_invoice", extractInvoice, text);`
 */
export const withTask: EntityFunction = entityFunction("task");
