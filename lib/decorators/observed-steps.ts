import { types } from "node:util";
import { bindSteps } from "../scope/bound-iteration.js";
import { dataProperty } from "../scope/intercept.js";
import type { Consumption } from "./consumption.js";
import type { EntitySpan } from "./entity-span.js";
import { interceptThen } from "./intercepted-then.js";
import { isNativePromise, observeFresh, observeNative } from "./observed-promise.js";

/**
 * Has a consumption see each step of an iterator; the steps run under its span.
 * @returns `false` where the object refuses
 */
export function observeSteps(iterator: object, consumption: Consumption): boolean {
  return types.isGeneratorObject(iterator) && !(Symbol.asyncIterator in iterator)
    ? observeSyncSteps(iterator, consumption)
    : observeAsyncSteps(iterator, consumption);
}

function observeSyncSteps(generator: object, consumption: Consumption): boolean {
  let isRunning = false;
  return bindSteps(generator, (step, name, self, args) => {
    // A generator that steps itself gets a TypeError, which is not its end.
    const span = isRunning ? undefined : consumption.enter(name, self);
    if (span === undefined) return Reflect.apply(step, self, args as never[]);
    let result: IteratorResult<unknown>;
    isRunning = true;
    try {
      result = run(span, step, self, args) as IteratorResult<unknown>;
    } catch (error) {
      consumption.fail(error);
      throw error;
    } finally {
      isRunning = false;
    }
    if (result.done === true) consumption.finish();
    else consumption.item(result.value);
    return result;
  });
}

function observeAsyncSteps(iterator: object, consumption: Consumption): boolean {
  const isGenerator = types.isGeneratorObject(iterator);
  const onStep = (result: unknown): void => {
    stepped(result, consumption);
  };
  const onError = (error: unknown): void => {
    consumption.fail(error);
  };
  return bindSteps(iterator, (step, name, self, args) => {
    const span = consumption.enter(name, self);
    if (span === undefined) return Reflect.apply(step, self, args as never[]);
    let result: unknown;
    try {
      result = run(span, step, self, args);
    } catch (error) {
      consumption.fail(error);
      throw error;
    }
    return isGenerator
      ? observeFresh(result as Promise<unknown>, onStep, onError)
      : whenSettled(result, span, onStep, onError);
  });
}

function run(span: EntitySpan, step: (...args: never[]) => unknown, self: object, args: unknown[]): unknown {
  return span.contexts.with(span.context, Reflect.apply, undefined, step as never, self, args) as unknown;
}

/** Reads a step's result as its consumer will, but runs no getter of anybody's. */
export function stepped(result: unknown, consumption: Consumption): void {
  if (typeof result !== "object" || result === null) return;
  if (dataProperty(result, "done")) consumption.finish();
  else consumption.item(dataProperty(result, "value"));
}

/**
 * Learns how whatever a method gave settles.
 * @returns what the caller gets
 */
export function whenSettled(
  result: unknown,
  span: EntitySpan,
  onValue: (value: unknown) => void,
  onError: (error: unknown) => void,
): unknown {
  if ((typeof result !== "object" || result === null) && typeof result !== "function") {
    onValue(result);
    return result;
  }
  if (isNativePromise(result)) return observeNative(result, onValue, onError);
  if (typeof dataProperty(result, "then") !== "function") onValue(result);
  else interceptThen(result, { enter: () => span, settle: onValue, fail: onError });
  return result;
}
