import { zodFunction, zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

/** What the specs of OpenAI's own helpers ask, and the answers to it as texts. */
export const Ticket = z.object({ customer: z.string(), priority: z.enum(["low", "high"]) });
export const ticket = { customer: "ACME", priority: "high" };
export const text = JSON.stringify(ticket);
export const wrong = JSON.stringify({ ...ticket, priority: "soon" });
export const messages = [{ role: "user" as const, content: "Who?" }];
export const chat = { model: "gpt-4o-mini", messages };
export const parsed = { ...chat, response_format: zodResponseFormat(Ticket, "ticket") };
export const tools = [zodFunction({ name: "note", parameters: Ticket })];
export const asked = { model: "gpt-4o-mini", input: "Who?" };
export const formatted = { ...asked, text: { format: zodTextFormat(Ticket, "ticket") } };
