import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeed } from "../../scripts/projects/run.js";
import { GUIDE_OBJECTS, OpenAIServer, OTLPReceiver } from "../harness/index.js";
import { programsOf, ROOT, snippetsOf } from "./pages.js";

describe("the example", () => {
  // In the repository, so that its imports are found.
  const folder = mkdtempSync(join(ROOT, "spec/docs/.program-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(["README.md", "docs/getting-started.md", "docs/migrating.md"])(
    "of %s runs as it stands, and makes the trace that the page promises",
    async (page) => {
      const example = [...snippetsOf(page), ...programsOf(page)].find(
        ({ language, code }) => language === "ts" && code.includes("import OpenAI"),
      );
      const file = join(folder, `${page.replaceAll(/\W/g, "-")}.mts`);
      writeFileSync(file, example?.code ?? "");
      await using openai = await OpenAIServer.start({ objects: GUIDE_OBJECTS });
      await using receiver = await OTLPReceiver.start();
      const env = {
        OPENAI_API_KEY: "sk-local",
        OPENAI_BASE_URL: openai.url,
        RESPAN_API_KEY: "key",
        RESPAN_BASE_URL: receiver.url,
        TSX_TSCONFIG_PATH: join(ROOT, "tsconfig.json"),
      };
      const { stdout, stderr } = await succeed(process.execPath, ["--import", "tsx", file], { cwd: ROOT, env });
      expect(stderr).toBe("");
      const promised = snippetsOf(page).find(({ language, code }) => language === "" && code.includes("_meta"));
      if (page !== "docs/migrating.md") expect(stdout.trim()).toBe(promised?.code);
      const workflow = receiver.only("support_ticket_extraction.workflow");
      const chat = receiver.only("instructor.create");
      expect(receiver.spans).toHaveLength(2);
      expect(chat.parentSpanId).toBe(workflow.spanId);
      for (const { attributes, resource } of [workflow, chat]) {
        expect(resource["service.name"]).toBe("instructor-support-api");
        expect(attributes).toMatchObject({
          "respan.customer_params.customer_identifier": "customer_123",
          "respan.threads.thread_identifier": "ticket_thread_abc",
          "respan.metadata.feature": "support-ticket-extraction",
        });
      }
    },
    120_000,
  );
});
