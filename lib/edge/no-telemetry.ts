/* eslint-disable @typescript-eslint/no-extraneous-class -- they are classes everywhere else, and may be extended */
/** Telemetry exports over Node's network modules and follows calls with its async hooks. */
function needsNode(name: string): Error {
  return new Error(
    `respan-instructor: ${name} needs Node.js; in edge runtimes and browsers decorators and clients run untraced, without it`,
  );
}

/** Cannot be constructed where there is no Node. */
export class RespanTelemetry {
  /** @throws Error always */
  constructor() {
    throw needsNode("RespanTelemetry");
  }
}

/** Cannot be constructed where there is no Node. */
export class RespanSpanProcessor {
  /** @throws Error always */
  constructor() {
    throw needsNode("RespanSpanProcessor");
  }
}
