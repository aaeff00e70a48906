import { context as api } from "@opentelemetry/api";
import { isTracingSuppressed, suppressTracing } from "@opentelemetry/core";
import { slot } from "./tracing.js";

/**
 * Runs work that calls the host's code only because of tracing: `toJSON`, getters, options that are functions.
 * No span opens in it, nor in what it starts and does not wait for.
 */
export function untraced<R>(work: () => R): R {
  const contexts = slot.tracing?.contexts ?? api;
  const here = contexts.active();
  return isTracingSuppressed(here) ? work() : contexts.with(suppressTracing(here), work);
}

/** What is being called by {@link callUntraced} now. */
const running = new Set<object>();

/**
 * Calls a function of the options untraced, and not from inside itself: one that adds an event to the current span, say,
 * would be asked about that event too.
 * @param fn the function, or the object whose method is called
 * @param again the result of a call from inside itself: the strictest one
 * @throws what the call throws
 */
export function callUntraced<R>(fn: object, again: R, call: () => R): R {
  if (running.has(fn)) return again;
  running.add(fn);
  try {
    return untraced(call);
  } finally {
    running.delete(fn);
  }
}
