import "reflect-metadata";
import type { AnyFunction } from "./traced-call.js";

/** Own properties of old-style functions that belong to the engine. */
const ENGINE_PROPERTIES = new Set<PropertyKey>(["arguments", "caller"]);

/**
 * Makes a wrapper look like its method: `name`, `length`, what was put on the function, what
 * `reflect-metadata` holds for it. Guards, routes and event handlers of frameworks are found that way.
 *
 * The method becomes the wrapper's prototype, so that what is put on the method later shows through as well, and an
 * async method still looks like one.
 */
export function keepMetadata<Wrapper extends AnyFunction>(wrapper: Wrapper, method: AnyFunction): Wrapper {
  for (const key of Reflect.ownKeys(wrapper)) {
    if (!Object.hasOwn(method, key)) Reflect.deleteProperty(wrapper, key);
  }
  for (const key of Reflect.ownKeys(method)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(method, key);
    if (descriptor !== undefined && !ENGINE_PROPERTIES.has(key)) Reflect.defineProperty(wrapper, key, descriptor);
  }
  for (const key of Reflect.getOwnMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), wrapper);
  }
  Reflect.setPrototypeOf(wrapper, method);
  return wrapper;
}
