import type { EntityDecorator, EntityFunction } from "./entity-decorator.js";
import { entityDecorator, entityFunction } from "./entity-decorator.js";

/**
 * Opens a span around a method that is a whole piece of work. Spans inside have its name as `traceloop.workflow.name`.
 * See {@link EntityDecorator} for its forms and {@link EntityOptions} for its options.
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
 * Opens a span around a method that is a step of a workflow. Its name is part of the entity path of spans inside. See
 * {@link EntityDecorator} for its forms and {@link EntityOptions} for its options.
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
 * Opens a span around a method that is an agent. As with a workflow, spans inside have its name, and a new entity path
 * starts. See {@link EntityDecorator} for its forms and {@link EntityOptions} for its options.
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
 * Opens a span around a method that is a tool of an agent. Its name is part of the entity path of spans inside. See
 * {@link EntityDecorator} for its forms and {@link EntityOptions} for its options.
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
 * Calls a function in a span, as {@link Workflow} does for a method. See {@link EntityFunction}.
 * @example `const result = await withWorkflow("support_ticket_extraction", extractTicket, message);`
 */
export const withWorkflow: EntityFunction = entityFunction("workflow");

/**
 * Calls a function in a span, as {@link Task} does for a method. See {@link EntityFunction}.
 * @example `const result = await withTask("extract_invoice", extractInvoice, text);`
 */
export const withTask: EntityFunction = entityFunction("task");

/**
 * Calls a function in a span, as {@link Agent} does for a method. See {@link EntityFunction}.
 * @example `const result = await withAgent("support_desk", answer, question);`
 */
export const withAgent: EntityFunction = entityFunction("agent");

/**
 * Calls a function in a span, as {@link Tool} does for a method. See {@link EntityFunction}.
 * @example `const result = await withTool("look_up_customer", lookUp, customer);`
 */
export const withTool: EntityFunction = entityFunction("tool");
