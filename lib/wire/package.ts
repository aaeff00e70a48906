/** This package's name: the instrumentation scope of every span that it opens. */
export const SDK_NAME = "respan-instructor";

/** This package's version; a spec compares it with `package.json`. */
export const SDK_VERSION = "0.2.0";

/**
 * State that all copies of this package in the process share: the ESM and the CommonJS build, or two versions. Its shape
 * may only grow.
 * @param name what the state is called in the global symbol registry, with the version of its shape
 */
export function sharedState<State>(name: string, initial: () => State): State {
  const globals: Record<symbol, unknown> = globalThis;
  // Only this package writes under its name.
  return (globals[Symbol.for(`respan-instructor.${name}`)] ??= initial()) as State;
}
