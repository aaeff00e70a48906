import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startViewer } from "../lib/viewer/viewer.js";

const ROOT = join(__dirname, "..");
const PAGE = join(ROOT, "dist/cli/page/index.html");

/** Starts the local page, runs a program that sends its spans there, and keeps the page until Ctrl+C. */
export async function showInViewer(program: () => Promise<void>): Promise<void> {
  if (!existsSync(PAGE)) execFileSync(process.execPath, ["scripts/build-page.mjs"], { cwd: ROOT, stdio: "inherit" });
  const viewer = await startViewer({ pagePath: PAGE, host: "127.0.0.1", port: 4319, say: console.error });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const address = `http://127.0.0.1:${viewer.port}`;
  process.env.RESPAN_BASE_URL = `${address}/api`;
  await program();
  const [trace] = viewer.store.newestFirst();
  console.log(`\nThe trace is shown at ${address}/${trace === undefined ? "" : `#/traces/${trace.traceId}`}`);
  console.log("Press Ctrl+C to stop.");
  await stopped;
  await viewer.close();
}
