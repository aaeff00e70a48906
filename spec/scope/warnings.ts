import { diag, DiagLogLevel } from "@opentelemetry/api";
import { eachTest } from "../harness/each-test.js";

/** What is said through OpenTelemetry's `diag` while it stands. */
export class Warnings implements Disposable {
  readonly said: string[] = [];

  constructor() {
    const quiet = (): void => undefined;
    diag.setLogger(
      { error: quiet, warn: (message) => void this.said.push(message), info: quiet, debug: quiet, verbose: quiet },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
  }

  [Symbol.dispose](): void {
    diag.disable();
  }
}

/** What is said during each test. */
export const eachWarnings = (keep: (warnings: Warnings) => void): void => eachTest(() => new Warnings(), keep);
