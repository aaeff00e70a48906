import type { EntityDecorator, EntityFunction } from "./entity-decorator.js";
import { entityDecorator, entityFunction } from "./entity-decorator.js";

/**
 * Opens a span around a method that is a whole piece of work. Spans inside have its name as `traceloop.workflow.name`.
 * The method keeps its results, errors and type.
 *
 * Use it as `@Workflow`, `@Workflow()`, `@Workflow("name")` or `@Workflow({ … })` with {@link EntityOptions}, with
 * standard or legacy decorators. Without telemetry it does nothing.
 *
 * @throws TypeError when the class is defined, if it decorates anything but a method or an option is wrong
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
 * Calls a function in a span, as {@link Workflow} does for a method.
 *
 * @param options the name, or {@link EntityOptions}. Default name: the function's, or `anonymous`
 * @param fn a sync, async or generator function
 * @param args the arguments of `fn`
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError if an option is wrong
 * @example `const result = await withWorkflow("support_ticket_extraction", extractTicket, message);`
 */
export const withWorkflow: EntityFunction = entityFunction("workflow");

/**
 * Opens a span around a method that is a step of a workflow. Its name is part of the entity path of spans inside. The
 * method keeps its results, errors and type.
 *
 * Use it as `@Task`, `@Task()`, `@Task("name")` or `@Task({ … })` with {@link EntityOptions}, with standard or legacy
 * decorators. Without telemetry it does nothing.
 *
 * @throws TypeError when the class is defined, if it decorates anything but a method or an option is wrong
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
 * Calls a function in a span, as {@link Task} does for a method.
 *
 * @param options the name, or {@link EntityOptions}. Default name: the function's, or `anonymous`
 * @param fn a sync, async or generator function
 * @param args the arguments of `fn`
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError if an option is wrong
 * @example `const result = await withTask("extract_invoice", extractInvoice, text);`
 */
export const withTask: EntityFunction = entityFunction("task");

/**
 * Opens a span around a method that is an agent. As with a workflow, spans inside have its name, and a new entity path
 * starts. The method keeps its results, errors and type.
 *
 * Use it as `@Agent`, `@Agent()`, `@Agent("name")` or `@Agent({ … })` with {@link EntityOptions}, with standard or
 * legacy decorators. Without telemetry it does nothing.
 *
 * @throws TypeError when the class is defined, if it decorates anything but a method or an option is wrong
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
 * Calls a function in a span, as {@link Agent} does for a method.
 *
 * @param options the name, or {@link EntityOptions}. Default name: the function's, or `anonymous`
 * @param fn a sync, async or generator function
 * @param args the arguments of `fn`
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError if an option is wrong
 * @example `const result = await withAgent("support_desk", answer, question);`
 */
export const withAgent: EntityFunction = entityFunction("agent");

/**
 * Opens a span around a method that is a tool of an agent. Its name is part of the entity path of spans inside. The
 * method keeps its results, errors and type.
 *
 * Use it as `@Tool`, `@Tool()`, `@Tool("name")` or `@Tool({ … })` with {@link EntityOptions}, with standard or legacy
 * decorators. Without telemetry it does nothing.
 *
 * @throws TypeError when the class is defined, if it decorates anything but a method or an option is wrong
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
 * Calls a function in a span, as {@link Tool} does for a method.
 *
 * @param options the name, or {@link EntityOptions}. Default name: the function's, or `anonymous`
 * @param fn a sync, async or generator function
 * @param args the arguments of `fn`
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError if an option is wrong
 * @example `const result = await withTool("look_up_customer", lookUp, customer);`
 */
export const withTool: EntityFunction = entityFunction("tool");
