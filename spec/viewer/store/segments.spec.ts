import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryFolder } from "../../../scripts/projects/temporary-folder.js";
import { Segments } from "../../../lib/viewer/store/segments.js";
import type { ReceivedSpan } from "../../../lib/viewer/otlp/spans.js";
import { eachTest } from "../../harness/each-test.js";
import { received } from "../spans.js";

describe("a folder of spans", () => {
  let folder: string;
  eachTest(
    () => new TemporaryFolder(),
    (made) => (folder = join(made.path, "store")),
  );

  const filesIn = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".jsonl"));

  /** What the next process reads. */
  async function readAgain(): Promise<{ spans: ReceivedSpan[]; unreadable: number }> {
    const segments = new Segments(folder);
    const spans: ReceivedSpan[] = [];
    const unreadable = await segments.read((span) => spans.push(span));
    segments.close();
    return { spans, unreadable };
  }

  function write(...spans: ReceivedSpan[]): void {
    const segments = new Segments(folder);
    segments.append(spans);
    segments.close();
  }

  it("gives back what was written, in its order", async () => {
    const spans = [received("1", "a", { attributes: { text: "line\nline \u2028 漢字" } }), received("2", "b")];
    write(...spans);
    write(received("3", "c"));
    expect(await readAgain()).toEqual({ spans: [...spans, received("3", "c")], unreadable: 0 });
  });

  it("is for its owner alone", () => {
    write(received("1", "a"));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(filesIn().map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600]);
  });

  it("survives a line that was torn, and writes behind it", async () => {
    write(received("1", "a"), received("2", "b"));
    const [name = ""] = filesIn();
    const text = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), text.subarray(0, text.length - 30));
    write(received("3", "c"));
    const { spans, unreadable } = await readAgain();
    expect(spans).toEqual([received("1", "a"), received("3", "c")]);
    expect(unreadable).toBe(1);
  });

  it("skips lines that are no spans", async () => {
    write(received("1", "a"));
    const [name = ""] = filesIn();
    const lines = ["null", "[]", "1", '"text"', "{}", '{"traceId":"1","spanId":"2"}', "\u0000\u0000", ""];
    appendFileSync(join(folder, name), lines.join("\n"));
    const { spans, unreadable } = await readAgain();
    expect(spans).toEqual([received("1", "a")]);
    expect(unreadable).toBe(7);
  });

  it("begins new segments, and deletes the oldest at the cap", async () => {
    const segments = new Segments(folder, { maxSegmentBytes: 2_000, maxTotalBytes: 10_000 });
    for (let n = 1; n <= 100; n++) segments.append([received(String(n), "a")]);
    segments.close();
    const sizes = filesIn().map((name) => statSync(join(folder, name)).size);
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(11_000);
    const { spans } = await readAgain();
    expect(Number(spans.at(-1)?.traceId)).toBe(100);
    expect(Number(spans[0]?.traceId)).toBeGreaterThan(50);
  });

  it("leaves no lock behind", () => {
    const segments = new Segments(folder);
    segments.close();
    write(received("1", "a"));
    expect(readdirSync(folder)).toEqual(["spans-00000001.jsonl"]);
  });
});
