import type { EntityDecorator, EntityFunction } from "./entity-decorator.js";
import { entityDecorator, entityFunction } from "./entity-decorator.js";

/**
 * Opens a span around a method that is a whole piece of work: a trace is recognized by its workflow's name, which all spans
 * inside carry as `traceloop.workflow.name`.
 * The method behaves as it did: same results, same errors, same type.
 *
 * Use it as `@Workflow`, `@Workflow()`, `@Workflow("name")` or `@Workflow({ … })` with {@link EntityOptions}, under standard or legacy
 * decorators. Outside `RespanTelemetry`, or with telemetry disabled, it does nothing.
 *
 * @throws TypeError at class definition, where it stands on anything but a method or an option is wrong
 * @example
 * ```ts
 * class SupportDesk {
 *   @Workflow({ name: "support_ticket_extraction" })
 *   extractTicket(message: string) { return client.create({ … }); }
 * }
 * ```
 */
export const Workflow: EntityDecorator = entityDecorator("workflow");

/**
 * Calls a function as {@link Workflow} has a method called: for code without classes.
 *
 * @param options the name, or {@link EntityOptions}; without a name there, the function's own, or `anonymous`
 * @param fn a sync, async or generator function
 * @param args what it is called with
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError where an option is wrong
 * @example `const result = await withWorkflow("support_ticket_extraction", extractTicket, message);`
 */
export const withWorkflow: EntityFunction = entityFunction("workflow");
