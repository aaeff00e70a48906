import type { PropagatedAttributes } from "../../scope/propagation.js";
import { changedScope, scopeChange } from "../../scope/propagation.js";
import type { Scope } from "../../scope/scope.js";
import { EMPTY_SCOPE } from "../../scope/scope.js";
import type { Settings } from "../settings/settings.js";

/** The outermost scope: what every span inherits from the options. */
export function defaultsScope(settings: Settings): Scope {
  const attributes: PropagatedAttributes = {
    customerIdentifier: settings.customerIdentifier,
    customerEmail: settings.customerEmail,
    customerName: settings.customerName,
    threadIdentifier: settings.threadIdentifier,
    sessionIdentifier: settings.sessionIdentifier,
    environment: settings.environment,
    metadata: settings.metadata,
    properties: settings.properties,
    traceContent: settings.traceContent,
  };
  const scope = changedScope(EMPTY_SCOPE, scopeChange(attributes, settings.redactor));
  return { ...scope, baggageMetadata: baggageMetadata(settings.propagateBaggage) };
}

function baggageMetadata(option: Settings["propagateBaggage"]): readonly string[] | undefined {
  if (option === false) return undefined;
  return option === true ? [] : [...(option.metadata ?? [])];
}
