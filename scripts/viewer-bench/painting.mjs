import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { median, percentile, startDev } from "./dev-process.mjs";
import { requestBody, send } from "./spans.mjs";

const TRACES = 10_000;
const SPANS = TRACES * 10;
const BATCH = 500;
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGS = "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update";

/** Notes when the first row of the list has been painted: the frame after the one that shows it. */
const NOTE_PAINT = `
  new MutationObserver((_, observer) => {
    if (document.querySelector("[role=gridcell]") === null) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => (globalThis.paintedAt = performance.now())));
  }).observe(document, { childList: true, subtree: true });
`;

/** Milliseconds of each frame while the list scrolls by a screen at a time, all of its rows new in each. */
const SCROLL = `
  (async () => {
    const scroller = document.querySelector("[role=grid]");
    const frame = () => new Promise(requestAnimationFrame);
    const frames = [];
    let before = await frame();
    for (let screen = 1; screen <= 200; screen++) {
      scroller.scrollTop = screen * scroller.clientHeight;
      const now = await frame();
      frames.push(now - before);
      before = now;
    }
    if (scroller.scrollTop < 100_000) throw new Error("the list did not scroll");
    return frames;
  })()
`;

/** From the navigation to the painted list of 10,000 traces, in Chromium, and then how it scrolls: 30 frames a second. */
export async function painting() {
  if (!existsSync(CHROMIUM)) throw new Error(`Chromium is not at ${CHROMIUM}; set CHROMIUM, or install it`);
  const dev = await startDev();
  for (let sent = 0; sent < SPANS; sent += BATCH) await send(dev.address, requestBody(BATCH));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS.split(" ") });
  const page = await browser.newPage();
  await page.addInitScript(NOTE_PAINT);
  const times = [];
  for (let round = 0; round < 5; round++) {
    await page.goto(dev.address);
    await page.waitForFunction(() => globalThis.paintedAt !== undefined);
    times.push(await page.evaluate("globalThis.paintedAt"));
  }
  // The rest of the list follows the part that is painted first.
  await page.waitForFunction(() => globalThis.document.querySelector("[role=grid]").scrollHeight > 200_000);
  const frames = await page.evaluate(SCROLL);
  await browser.close();
  await dev.stop();
  return [
    { what: `list of ${TRACES} traces painted`, value: median(times), unit: "ms", bar: 300 },
    { what: "  a frame while it scrolls, median", value: median(frames), unit: "ms", bar: 34 },
    { what: "  99 of 100", value: percentile(frames, 99), unit: "ms" },
  ];
}
