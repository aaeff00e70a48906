// As much of Respan's other package as the pages name: what it asks of a plugin.
declare module "@respan/respan" {
  interface RespanInstrumentation {
    name: string;
    activate(): void | Promise<void>;
    deactivate(): void | Promise<void>;
  }
  export class Respan {
    constructor(options?: { instrumentations?: RespanInstrumentation[] });
    initialize(): Promise<void>;
  }
}
