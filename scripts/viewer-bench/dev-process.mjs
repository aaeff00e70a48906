import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMMAND = `${ROOT}dist/cli/main.js`;

/** `respan-instructor dev`, on a free port unless one is given, once it has printed its address. */
export async function startDev(command = [process.execPath, COMMAND], cwd = ROOT, port = "0") {
  const [file, ...args] = command;
  // A group of its own: `npx` does not hand a signal on to what it started.
  const child = spawn(file, [...args, "dev", "--port", port], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const address = await new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`the command ended with ${code}`)));
    child.stdout.setEncoding("utf8").on("data", (more) => {
      text += more;
      const [, found] = /RESPAN_BASE_URL=(\S+)\/api/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    address,
    /** The resident memory of the process in MB, from Linux. */
    megabytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1_024,
    async stop() {
      const ended = once(child, "exit");
      process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}

/** Milliseconds that a request took, its answer read to the end. */
export async function timed(url) {
  const start = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return performance.now() - start;
}

export function median(numbers) {
  return percentile(numbers, 50);
}

export function percentile(numbers, percent) {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length * percent) / 100)];
}
