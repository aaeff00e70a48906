// The local page in a real browser: `npm run build`, then `npm run test:browser`. It needs Chromium, at /usr/bin/chromium
// or where CHROMIUM says, and installs nothing itself.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { CHROMIUM_ARGS, chromiumPath } from "./chromium.js";
import { startDev } from "../viewer-bench/dev-process.mjs";
import { spanIdOf, traceIdOf } from "./fixtures.js";
import { hostileTrace, hugeTrace, manyTraces } from "./many.js";
import { sendTraces } from "./send.js";
import { showcase } from "./showcase.js";

const AXE = join(__dirname, "../../node_modules/axe-core/axe.min.js");

interface Visit {
  readonly page: Page;
  readonly address: string;
}

/** One address of each page. */
const PATHS = ["/#/", `/#/traces/${traceIdOf("invoice")}`, "/#/quality", "/#/costs", "/#/calls?customer=acme"];

/** A row of the list. */
const rows = (page: Page) => page.getByRole("grid", { name: "Traces" }).locator("[role=row]:has([role=gridcell])");
/** A row of the span tree. */
const spanRows = (page: Page) =>
  page.getByRole("treegrid", { name: "Span tree" }).locator("[role=row]:has([role=gridcell])");

async function openShowcase({ page, address }: Visit, path = "/"): Promise<void> {
  await sendTraces(address, showcase(Date.now()));
  await page.goto(address + path);
  await page.getByText("Live").waitFor();
}

/** The violations of WCAG 2 AA that axe finds. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(AXE, "utf8"));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run({ runOnly: ["wcag2a", "wcag2aa"] });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
  });
}

const promises: Readonly<Record<string, (visit: Visit) => Promise<void>>> = {
  "the list shows every trace with its workflow, customer, thread and tokens": async (visit) => {
    await openShowcase(visit);
    assert.equal(await rows(visit.page).count(), showcase(0).length);
    const row = rows(visit.page).filter({ hasText: "northwind" });
    assert.match((await row.textContent()) ?? "", /invoices-2026-11/);
  },
  "filters leave what fits: by customer, by text, errors only": async (visit) => {
    await openShowcase(visit, "/#/?customer=northwind");
    await rows(visit.page).filter({ hasText: "northwind" }).waitFor();
    assert.equal(await rows(visit.page).count(), 1);
    await visit.page.getByRole("button", { name: "Clear" }).click();
    await visit.page.getByRole("button", { name: "Errors" }).click();
    await rows(visit.page).filter({ hasText: "northwind" }).waitFor({ state: "detached" });
    const failed = await rows(visit.page).count();
    assert.ok(failed > 0 && failed < showcase(0).length);
    await visit.page.getByRole("button", { name: "All" }).click();
    await visit.page.getByRole("searchbox").fill("My card was charged twice");
    await rows(visit.page).filter({ hasText: "northwind" }).waitFor({ state: "detached" });
    assert.match((await rows(visit.page).textContent()) ?? "", /initech/);
  },
  "each field filters: workflow, customer, thread, service": async (visit) => {
    await openShowcase(visit);
    const values = {
      workflow: "invoice_extraction",
      customer: "northwind",
      thread: "invoices-2026-11",
      service: "invoice-service",
    };
    for (const [field, value] of Object.entries(values)) {
      await visit.page.getByLabel(`Filter by ${field}`).fill(value);
      await visit.page.getByText(`1 of ${showcase(0).length} traces`).waitFor();
      assert.match((await rows(visit.page).textContent()) ?? "", /northwind/);
      await visit.page.getByRole("button", { name: "Clear" }).click();
    }
  },
  "keys: j and Enter open a trace, Escape leaves it, / searches, ? explains": async (visit) => {
    const { page } = visit;
    await openShowcase(visit);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await spanRows(page).first().waitFor();
    await page.keyboard.press("Escape");
    await rows(page).first().waitFor();
    await page.keyboard.press("/");
    assert.ok(await page.getByRole("searchbox").evaluate((field) => field === field.ownerDocument.activeElement));
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  },
  "each key of the help does what it says, in the list": async (visit) => {
    const { page } = visit;
    await openShowcase(visit);
    const place = async () =>
      Number(await page.locator("[role=row][aria-selected=true]").getAttribute("aria-rowindex"));
    const count = showcase(0).length;
    // The head is the first row.
    for (const [key, at] of Object.entries({ G: count + 1, g: 2, j: 3, k: 2 })) {
      await page.keyboard.press(key);
      assert.equal(await place(), at, key);
    }
    await page.keyboard.press("e");
    await page.waitForFunction("location.hash.includes('status=error')");
    await page.keyboard.press("Escape");
    await page.waitForFunction("!location.hash.includes('status')");
    const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const before = await background();
    await page.keyboard.press("t");
    assert.notEqual(await background(), before);
  },
  "each key of the help does what it says, in a trace": async (visit) => {
    const { page } = visit;
    await openShowcase(visit, `/#/traces/${traceIdOf("failed")}`);
    await spanRows(page).first().waitFor();
    const count = await spanRows(page).count();
    const selected = page.locator("[role=row][aria-selected=true]");
    const place = async () => Number(await selected.getAttribute("aria-rowindex"));
    for (const [key, at] of Object.entries({ G: count + 1, k: count, g: 2, j: 3 })) {
      await page.keyboard.press(key);
      assert.equal(await place(), at, key);
    }
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    assert.ok((await spanRows(page).count()) < count, "h folds");
    await page.keyboard.press("l");
    assert.equal(await spanRows(page).count(), count, "l unfolds");
    await page.keyboard.press("n");
    assert.match(await selected.innerHTML(), /error/);
    const path = page.getByRole("button", { name: "Critical path" });
    const shown = await path.getAttribute("aria-pressed");
    await page.keyboard.press("c");
    assert.notEqual(await path.getAttribute("aria-pressed"), shown, "c");
    const tab = page.locator("[role=tab][aria-selected=true]");
    const first = await tab.textContent();
    await page.keyboard.press("]");
    assert.notEqual(await tab.textContent(), first, "]");
    await page.keyboard.press("[");
    assert.equal(await tab.textContent(), first, "[");
    await page.keyboard.press("Enter");
    assert.ok(await page.evaluate("document.activeElement.closest('.panel') !== null"), "Enter");
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    assert.ok(
      await page.getByPlaceholder("Find a span").evaluate((field) => field === field.ownerDocument.activeElement),
    );
  },
  "a trace shows its tree, and the schema beside each attempt's values": async (visit) => {
    const { page } = visit;
    await openShowcase(visit, `/#/traces/${traceIdOf("invoice")}`);
    await spanRows(page).filter({ hasText: "instructor.create" }).first().click();
    await page.getByRole("tab", { name: "Fields" }).click();
    const fields = page.getByRole("region", { name: "Fields" });
    await fields.waitFor();
    assert.match((await fields.textContent()) ?? "", /vendor/);
    for (const tab of ["Messages", "Attempts", "Attributes", "Events"]) {
      await page.getByRole("tab", { name: tab }).click();
      assert.notEqual(await page.getByRole("tabpanel").textContent(), "");
    }
  },
  "the waterfall marks the critical path, each attempt and the first chunk": async (visit) => {
    const { page, address } = visit;
    await openShowcase(visit, `/#/traces/${traceIdOf("invoice")}`);
    await spanRows(page).first().waitFor();
    const marks = page.locator("[title='On the critical path']");
    assert.ok((await marks.count()) > 0);
    await page.getByRole("button", { name: "Critical path" }).click();
    await marks.first().waitFor({ state: "detached" });
    assert.equal(await page.locator("[title^='Attempt '][title*='validation error']").count(), 2);
    assert.equal(await page.locator("[title^='Attempt '][title*='success']").count(), 1);
    await page.goto(`${address}/#/traces/${traceIdOf("stream")}`);
    await page.locator("[title='First chunk after 620 ms']").waitFor();
  },
  "an attempt shows its usage, its issues, what changed and what Instructor added": async (visit) => {
    const { page } = visit;
    const span = spanIdOf("invoice", "chat");
    await openShowcase(visit, `/#/traces/${traceIdOf("invoice")}/spans/${span}?tab=attempts`);
    const second = (await page.getByRole("region", { name: "Attempt 2" }).textContent()) ?? "";
    assert.match(second, /The total is not the sum of the lines/);
    assert.match(second, /Changed since attempt 1.*vendor\.country.*United Kingdom.*GB/);
    assert.match(second, /What Instructor added to the prompt.*Please correct the function call/);
    const usage = (await page.getByRole("region", { name: "Usage of each attempt" }).textContent()) ?? "";
    for (const count of ["412", "733", "1,044", "2,189"]) assert.ok(usage.includes(count), count);
  },
  "a call is copied as JSON and as a Vitest case, and its link leads to it": async (visit) => {
    const { page, address } = visit;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const span = spanIdOf("invoice", "chat");
    await openShowcase(visit, `/#/traces/${traceIdOf("invoice")}/spans/${span}`);
    const copied = async (label: string): Promise<string> => {
      await page.getByRole("button", { name: label, exact: true }).click();
      await page.getByRole("button", { name: label, exact: true }).getByText("Copied").first().waitFor();
      return page.evaluate<string>("navigator.clipboard.readText()");
    };
    assert.equal((JSON.parse(await copied("Copy as JSON")) as { spanId: string }).spanId, span);
    assert.match(await copied("Copy as Vitest case"), /test\("extracts Invoice from: .*toMatchObject\(\{/s);
    await page.goto("about:blank");
    await page.goto(`${address}/#/traces/${traceIdOf("invoice")}/spans/${span}`);
    await page.getByRole("heading", { name: "instructor.create" }).waitFor();
  },
  "a trace, a call and each attempt show their cost, and an unknown one is a dash": async (visit) => {
    const { page, address } = visit;
    const span = spanIdOf("invoice", "chat");
    await openShowcase(visit, `/#/traces/${traceIdOf("invoice")}/spans/${span}?tab=attempts`);
    const usage = page.getByRole("region", { name: "Usage of each attempt" });
    const costs = await usage.locator("tr > :last-child").allTextContents();
    assert.deepEqual(costs.slice(0, 2), ["Cost", "$0.00014"]);
    assert.match((await page.locator(".trace-header").textContent()) ?? "", /Cost\$0\.000/);
    await page.goto(`${address}/#/traces/${traceIdOf("bare")}`);
    await page.locator(".trace-header").getByText("Cost").waitFor();
    assert.match((await page.locator(".trace-header").textContent()) ?? "", /Cost–/);
  },
  "quality shows the fields that fail, and an example is a click away": async (visit) => {
    const { page } = visit;
    await openShowcase(visit, "/#/quality");
    const fields = page.getByRole("region", { name: "Fields that fail" });
    await fields.waitFor();
    const field = fields.getByRole("row").filter({ hasText: "vendor.country" });
    assert.match((await field.textContent()) ?? "", /Invoice.*vendor\.country.*too_big.*1/);
    await page.getByText("came with content off").waitFor();
    assert.ok((await page.getByRole("list", { name: "Calls over time" }).locator("li").count()) > 0);
    await field.getByRole("link").first().click();
    await spanRows(page).first().waitFor();
    assert.ok(page.url().includes(traceIdOf("invoice")));
  },
  "quality puts two models side by side, with the size of each sample": async ({ page, address }) => {
    await sendTraces(address, manyTraces(400, Date.now()));
    await page.goto(`${address}/#/quality`);
    const choices = page.getByRole("region", { name: "Response models" }).getByRole("checkbox");
    await choices.first().waitFor();
    assert.equal(await choices.count(), 4);
    await choices.nth(0).click();
    await choices.nth(1).click();
    const sheet = page.getByRole("region", { name: "Side by side" });
    assert.match(
      (await sheet.textContent()) ?? "",
      /First-attempt success.*\d+ of \d+.*points.*(differs|may be chance)/,
    );
    await page.reload();
    await sheet.waitFor();
  },
  "costs are shown by customer, and a customer's conversation in order": async (visit) => {
    const { page } = visit;
    await openShowcase(visit, "/#/");
    await page.getByRole("link", { name: "Costs" }).click();
    const costs = page.getByRole("region", { name: "Costs" });
    assert.match((await costs.getByRole("row").filter({ hasText: "northwind" }).textContent()) ?? "", /northwind1.*\$/);
    await page.getByText(/genai-prices .* of \d{4}-\d\d-\d\d/).waitFor();
    await page.getByRole("button", { name: "thread" }).click();
    await costs.getByText("invoices-2026-11").waitFor();
    await page.getByRole("button", { name: "customer" }).click();
    await costs.getByRole("link", { name: "initech" }).click();
    const thread = page.getByRole("region", { name: "triage-4" });
    await thread.waitFor();
    const asked = await thread.locator("tbody tr").allTextContents();
    assert.equal(asked.length, 2);
    for (const line of asked) assert.match(line, /My card was charged twice.*\$/);
  },
  "a failed call is exported as a row": async (visit) => {
    await openShowcase(visit, "/#/quality");
    const link = visit.page.getByRole("link", { name: "Failed and corrected as JSON lines" });
    const [download] = await Promise.all([visit.page.waitForEvent("download"), link.click()]);
    const lines = readFileSync(await download.path(), "utf8")
      .trimEnd()
      .split("\n");
    const outcomes = lines.map((line) => (JSON.parse(line) as { outcome: string }).outcome);
    assert.deepEqual(outcomes.sort(), ["corrected", "corrected", "failed"]);
  },
  "every trace of the showcase opens, whatever its spans lack": async (visit) => {
    await openShowcase(visit);
    for (const { traceId, spans } of showcase(0)) {
      await visit.page.goto(`${visit.address}/#/traces/${traceId}`);
      await spanRows(visit.page).first().waitFor();
      assert.ok((await spanRows(visit.page).count()) <= spans.length);
      await spanRows(visit.page).first().click();
      await visit.page.getByRole("tab").first().waitFor();
    }
  },
  "hostile text is shown as text, on every page and in each part of a trace": async ({ page, address }) => {
    const hostile = hostileTrace(Date.now());
    await sendTraces(address, [hostile]);
    await page.goto(address);
    await rows(page).first().waitFor();
    await page.goto(`${address}/#/traces/${hostile.traceId}`);
    await spanRows(page).first().waitFor();
    for (let at = 0; at < (await spanRows(page).count()); at++) {
      await spanRows(page).nth(at).click();
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        await page.getByRole("tabpanel").waitFor();
      }
    }
    for (const path of ["quality", "costs", "calls"]) {
      await page.goto(`${address}/#/${path}`);
      await page.locator("td").first().waitFor();
    }
    assert.equal(await page.evaluate(() => "wasRun" in globalThis), false);
    assert.equal(await page.locator("iframe, a[href^='javascript:'], img").count(), 0);
  },
  "the theme follows the system, and a choice stays": async (visit) => {
    const { page } = visit;
    const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    await page.emulateMedia({ colorScheme: "light" });
    await openShowcase(visit);
    const light = await background();
    await page.emulateMedia({ colorScheme: "dark" });
    assert.notEqual(await background(), light);
    await page.getByRole("button", { name: "Light theme" }).click();
    assert.equal(await background(), light);
    await page.reload();
    assert.equal(await background(), light);
  },
  "contrast and roles meet WCAG AA, in both themes, on every page": async (visit) => {
    const { page } = visit;
    await openShowcase(visit);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const path of PATHS) {
        await page.goto(visit.address + path);
        await page.locator("[role=gridcell], td").first().waitFor();
        assert.deepEqual(await violations(page), []);
      }
    }
  },
  "nothing is wider than a screen of 360 px": async (visit) => {
    await visit.page.setViewportSize({ width: 360, height: 740 });
    await openShowcase(visit);
    for (const path of PATHS) {
      await visit.page.goto(visit.address + path);
      await visit.page.locator("[role=gridcell], td").first().waitFor();
      const width = await visit.page.evaluate<number>("document.documentElement.scrollWidth");
      assert.ok(width <= 360, `${path} is ${width} px wide`);
      // Nothing covers the links to the other pages.
      for (const name of ["Traces", "Quality", "Costs"]) {
        await visit.page.getByRole("link", { name, exact: true }).click({ trial: true, timeout: 5_000 });
      }
    }
  },
  "10,000 traces are a list of which only what is seen is drawn": async ({ page, address }) => {
    await sendTraces(address, manyTraces(10_000, Date.now()));
    await page.goto(address);
    await rows(page).first().waitFor();
    await page.keyboard.press("j");
    for (let press = 0; press < 50; press++) await page.keyboard.press("PageDown");
    assert.ok((await rows(page).count()) < 200);
  },
  "a trace of 50,000 spans opens": async ({ page, address }) => {
    const huge = hugeTrace(50_000, Date.now());
    await sendTraces(address, [huge]);
    await page.goto(`${address}/#/traces/${huge.traceId}`);
    await spanRows(page).first().waitFor({ timeout: 60_000 });
    assert.ok((await spanRows(page).count()) < 200);
  },
  "a new trace appears by itself": async (visit) => {
    await openShowcase(visit);
    await sendTraces(visit.address, manyTraces(1, Date.now(), "later"));
    await rows(visit.page).nth(showcase(0).length).waitFor();
  },
  "the page asks nothing of any other host": async (visit) => {
    const hosts = new Set<string>();
    visit.page.on("request", (request) => hosts.add(new URL(request.url()).origin));
    await openShowcase(visit, `/#/traces/${traceIdOf("invoice")}`);
    await spanRows(visit.page).first().waitFor();
    assert.deepEqual([...hosts], [visit.address]);
  },
};

/** The server is stopped and started on the same port. */
async function reconnects(browser: Browser): Promise<void> {
  const first = await startDev();
  const page = await browser.newPage();
  await page.goto(first.address);
  await page.getByText("Live").waitFor();
  await first.stop();
  await page.getByText("Reconnecting").waitFor();
  const second = await startDev(undefined, undefined, new URL(first.address).port);
  try {
    await page.getByText("Live").waitFor();
    await sendTraces(second.address, manyTraces(1, Date.now(), "after"));
    await rows(page).first().waitFor();
  } finally {
    await second.stop();
    await page.close();
  }
}

/** Runs one promise against a server and a page of its own. An error on the page fails it. */
async function run(browser: Browser, keep: (visit: Visit) => Promise<void>): Promise<void> {
  const server = await startDev();
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  try {
    await keep({ page, address: server.address });
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
    await server.stop();
  }
}

async function main(only: string): Promise<void> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) return;
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  let passed = 0;
  let failed = 0;
  const all = [
    ...Object.entries(promises).map(([name, keep]) => [name, () => run(browser, keep)] as const),
    ["the page connects again after the server's restart", () => reconnects(browser)] as const,
  ];
  for (const [name, keep] of all.filter(([title]) => title.includes(only))) {
    try {
      await keep();
      passed++;
      console.log(`✔ ${name}`);
    } catch (error) {
      failed++;
      console.log(`✘ ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await browser.close();
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

void main(process.argv[2] ?? "");
