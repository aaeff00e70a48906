/** Who runs beside us, by file in bench/contenders. */
export const PEERS = {
  openinference: "@arizeai/openinference-core",
  keywordsai: "@keywordsai/tracing",
  traceloop: "@traceloop/node-server-sdk",
  laminar: "@lmnr-ai/lmnr",
  langfuse: "@langfuse/tracing",
  langsmith: "langsmith",
};

/** Lanes of a race: the contenders by their own names, with the settings given. */
export function lanes(names, settings) {
  return names.map((name) => ({ key: name, contender: name, ...(settings === undefined ? {} : { settings }) }));
}
