/** `respan-instructor dev` in a process of its own. */
export interface DevServer {
  readonly address: string;
  stop(): Promise<void>;
}

export function startDev(command?: readonly string[], cwd?: string, port?: string): Promise<DevServer>;
