/** This package's name: the instrumentation scope of every span that it opens. */
export const SDK_NAME = "respan-instructor";

/** This package's version; a spec holds it against `package.json`. */
export const SDK_VERSION = "0.2.0";
