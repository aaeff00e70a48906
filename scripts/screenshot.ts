// Takes docs/images/page.png: the trace of `npm run demo` on the local page, in Chromium. `npm run docs:screenshot`, after
// `npm run build`; Chromium is at /usr/bin/chromium or where CHROMIUM says.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { CHROMIUM_ARGS, chromiumPath } from "./browser/chromium.js";
import { startDev } from "./viewer-bench/dev-process.mjs";

const ROOT = join(__dirname, "..");
const PICTURE = join(ROOT, "docs/images/page.png");

async function main(): Promise<void> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) return;
  const dev = await startDev();
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  try {
    const { PATH, HOME } = process.env;
    execFileSync(join(ROOT, "node_modules/.bin/tsx"), ["samples/demo.ts"], {
      cwd: ROOT,
      env: { PATH, HOME, RESPAN_BASE_URL: `${dev.address}/api` },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const page = await browser.newPage({
      viewport: { width: 1120, height: 600 },
      deviceScaleFactor: 2,
      colorScheme: "light",
    });
    await page.goto(dev.address);
    await page.locator("[role=gridcell]").first().click();
    await page.getByRole("tab", { name: "Fields" }).click();
    await page.getByRole("region", { name: "Fields" }).waitFor();
    mkdirSync(join(PICTURE, ".."), { recursive: true });
    await page.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
    await dev.stop();
  }
}

void main();
