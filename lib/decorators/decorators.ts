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
