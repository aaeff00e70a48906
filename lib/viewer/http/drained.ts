import type { ServerResponse } from "node:http";

/** Settles once a response takes more, or never will; `response.destroyed` tells which. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
