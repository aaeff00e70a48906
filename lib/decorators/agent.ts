import type { EntityDecorator, EntityFunction } from "./entity-decorator.js";
import { entityDecorator, entityFunction } from "./entity-decorator.js";

/**
 * Opens a span around a method that decides for itself what to do next. As a workflow it gives its name to the spans inside,
 * and starts a new entity path.
 * The method behaves as it did: same results, same errors, same type.
 *
 * Use it as `@Agent`, `@Agent()`, `@Agent("name")` or `@Agent({ … })` with {@link EntityOptions}, under standard or legacy
 * decorators. Outside `RespanTelemetry`, or with telemetry disabled, it does nothing.
 *
 * @throws TypeError at class definition, where it stands on anything but a method or an option is wrong
 * @example
 * ```ts
 * class SupportDesk {
 *   @Agent({ name: "support_desk" })
 *   async answer(question: string) { … }
 * }
 * ```
 */
export const Agent: EntityDecorator = entityDecorator("agent");

/**
 * Calls a function as {@link Agent} has a method called: for code without classes.
 *
 * @param options the name, or {@link EntityOptions}; without a name there, the function's own, or `anonymous`
 * @param fn a sync, async or generator function
 * @param args what it is called with
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError where an option is wrong
 * @example `const result = await withAgent("support_desk", answer, question);`
 */
export const withAgent: EntityFunction = entityFunction("agent");
