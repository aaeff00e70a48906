import type { EntityDecorator, EntityFunction } from "./entity-decorator.js";
import { entityDecorator, entityFunction } from "./entity-decorator.js";

/**
 * Opens a span around a method that is a whole piece of work: a trace is recognized by its workflow's name, which all spans
 * inside carry as `traceloop.workflow.name`. What a decorator takes, and where: {@link EntityDecorator}.
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
 * Opens a span around a method that is a step of a workflow. Its name is part of the entity path of all spans inside.
 * What a decorator takes, and where: {@link EntityDecorator}.
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
 * Opens a span around a method that decides for itself what to do next. As a workflow it gives its name to the spans inside,
 * and starts a new entity path. What a decorator takes, and where: {@link EntityDecorator}.
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
 * Opens a span around a method that an agent calls. Its name is part of the entity path of all spans inside.
 * What a decorator takes, and where: {@link EntityDecorator}.
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
 * Calls a function as {@link Workflow} has a method called; see {@link EntityFunction}.
 * @example `const result = await withWorkflow("support_ticket_extraction", extractTicket, message);`
 */
export const withWorkflow: EntityFunction = entityFunction("workflow");

/**
 * Calls a function as {@link Task} has a method called; see {@link EntityFunction}.
 * @example `const result = await withTask("extract_invoice", extractInvoice, text);`
 */
export const withTask: EntityFunction = entityFunction("task");

/**
 * Calls a function as {@link Agent} has a method called; see {@link EntityFunction}.
 * @example `const result = await withAgent("support_desk", answer, question);`
 */
export const withAgent: EntityFunction = entityFunction("agent");

/**
 * Calls a function as {@link Tool} has a method called; see {@link EntityFunction}.
 * @example `const result = await withTool("look_up_customer", lookUp, customer);`
 */
export const withTool: EntityFunction = entityFunction("tool");
