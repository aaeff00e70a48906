import type { Attributes } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { defaultResource, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { DEPLOYMENT_ENVIRONMENT_NAME, SERVICE_NAME } from "../../wire/attributes.js";
import type { Settings } from "../settings/settings.js";

const DEFAULT_SERVICE_NAME = "respan";

/** What says of every span which service it comes from. */
export function resourceOf(settings: Settings): Resource {
  const fromEnvironment = (envDetector.detect().attributes ?? {}) as Attributes;
  const given = settings.resourceAttributes ?? {};
  // Constructor over variable: a name among `resourceAttributes` is the constructor's, unless `appName` is given too.
  const appName = settings.given.has("appName") ? settings.appName : (given[SERVICE_NAME] ?? settings.appName);
  const attributes: Attributes = {
    ...fromEnvironment,
    ...given,
    // OTEL_SERVICE_NAME is among what the detector finds.
    [SERVICE_NAME]: appName ?? fromEnvironment[SERVICE_NAME] ?? DEFAULT_SERVICE_NAME,
  };
  if (settings.environment !== undefined) attributes[DEPLOYMENT_ENVIRONMENT_NAME] = settings.environment;
  return defaultResource().merge(resourceFromAttributes(attributes));
}
