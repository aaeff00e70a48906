import type { EntityDecorator, EntityFunction } from "./entity-decorator.js";
import { entityDecorator, entityFunction } from "./entity-decorator.js";

/**
 * Opens a span around a method that an agent calls. Its name is part of the entity path of all spans inside.
 * The method behaves as it did: same results, same errors, same type.
 *
 * Use it as `@Tool`, `@Tool()`, `@Tool("name")` or `@Tool({ … })` with {@link EntityOptions}, under standard or legacy
 * decorators. Outside `RespanTelemetry`, or with telemetry disabled, it does nothing.
 *
 * @throws TypeError at class definition, where it stands on anything but a method or an option is wrong
 * @example
 * ```ts
 * class SupportDesk {
 *   @Tool({ name: "look_up_customer" })
 *   lookUp(customer: string) { … }
 * }
 * ```
 */
export const Tool: EntityDecorator = entityDecorator("tool");

/**
 * Calls a function as {@link Tool} has a method called: for code without classes.
 *
 * @param options the name, or {@link EntityOptions}; without a name there, the function's own, or `anonymous`
 * @param fn a sync, async or generator function
 * @param args what it is called with
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError where an option is wrong
 * @example `const result = await withTool("look_up_customer", lookUp, customer);`
 */
export const withTool: EntityFunction = entityFunction("tool");
