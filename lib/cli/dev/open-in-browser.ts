import { spawn } from "node:child_process";

/** Opens an address in the browser that the system prefers; says so where there is none. */
export function openInBrowser(address: string, say: (message: string) => void): void {
  const [command, ...args] = commandFor(process.platform);
  const child = spawn(command, [...args, address], { stdio: "ignore", detached: true });
  child.once("error", () => say(`No browser could be opened. Open ${address} yourself.`));
  child.unref();
}

function commandFor(platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === "darwin") return ["open"];
  // The empty text is the title of a window, which `start` takes first.
  if (platform === "win32") return ["cmd", "/c", "start", ""];
  return ["xdg-open"];
}
