import { ignoreRejection } from "./user-values.js";

/**
 * One word in the chain of who may veto content: a span, a scope, an instrumentor, the telemetry. The chain leads from
 * the innermost outwards; content is recorded where none of them objects.
 */
export interface ContentGate {
  /** The next gate outwards. */
  readonly outer: ContentGate | undefined;
  /** Closed for good: by option, or by a veto that arrived while a span was open. */
  vetoed: boolean;
  /** Asked each time; anything but `true` is a veto, and so is a throw. */
  readonly decide: (() => boolean) | undefined;
}

/** A gate without a span, as an option or a scope sets it. */
export function contentGate(
  outer: ContentGate | undefined,
  rule: boolean | (() => boolean) | undefined,
): ContentGate | undefined {
  if (rule === undefined || rule === true) return outer;
  const decide = typeof rule === "function" ? rule : undefined;
  // What is neither a yes nor a function is a veto, from plain JavaScript `"false"` and `null` too.
  return { outer, vetoed: decide === undefined, decide };
}

/** Whether content may be recorded: asked when a span starts and again when it ends. */
export function contentAllowed(gate: ContentGate | undefined): boolean {
  for (let at = gate; at !== undefined; at = at.outer) {
    if (at.vetoed) return false;
    if (at.decide !== undefined && !agrees(at.decide)) return false;
  }
  return true;
}

function agrees(decide: () => boolean): boolean {
  try {
    const answer: unknown = decide();
    if (answer === true) return true;
    ignoreRejection(answer);
    return false;
  } catch {
    return false;
  }
}
