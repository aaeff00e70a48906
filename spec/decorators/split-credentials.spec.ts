import { Task } from "../../lib/decorators/decorators.js";
import { SECRETS } from "../capture/masking/arbitraries.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";

describe("a credential that is cut in two by a stream", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));

  class Model {
    @Task("tokens") *tokens(pieces: readonly unknown[]): Generator {
      yield* pieces;
    }
    @Task("later") async *later(pieces: readonly unknown[]): AsyncGenerator {
      for (const piece of pieces) yield Promise.resolve(piece);
    }
    @Task({ name: "stream", captureInput: false }) stream(pieces: readonly string[]): ReadableStream<string> {
      return new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      });
    }
  }
  const outputOf = (name: string): string => String(host.attributesOf(`${name}.task`)["traceloop.entity.output"]);
  const inPieces = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];

  it.each(SECRETS)("is masked, wherever it is cut: %#", (secret) => {
    const text = `Take ${secret} now.`;
    for (const size of [1, 3, 7, 20, 40].filter((one) => text.length / one < 50)) {
      host.exporter.reset();
      expect([...new Model().tokens(inPieces(text, size))].join("")).toBe(text);
      expect((JSON.parse(outputOf("tokens")) as string[]).join("")).toBe("Take [redacted] now.");
    }
  });

  it.each([
    "password: hunter2",
    "Authorization: Bearer abc123def",
    "postgres://app:hunter2@db/app",
    '{"api_key":"abc"}',
  ])("is masked where its name is in another piece: %s", async (text) => {
    for (const pieces of [inPieces(text, 1), inPieces(text, 5)]) {
      host.exporter.reset();
      for await (const piece of new Model().later(pieces)) expect(text).toContain(piece);
      const told = (JSON.parse(outputOf("later")) as string[]).join("");
      expect(told).toContain("[redacted]");
      expect(told).not.toMatch(/hunter2|abc/);
    }
  });

  it("is masked in a stream of the web's", async () => {
    for await (const piece of new Model().stream(inPieces(`x ${SECRETS[0]}`, 6))) expect(typeof piece).toBe("string");
    expect(JSON.parse(outputOf("stream"))).toEqual(["x [redacted]"]);
  });

  it("leaves no beginning of itself at the bound on items", () => {
    const secret = SECRETS[0] as string;
    const pieces = [...Array<string>(48).fill("a "), secret.slice(0, 3), secret.slice(3, 12), secret.slice(12), "b"];
    expect([...new Model().tokens(pieces)]).toHaveLength(52);
    expect(JSON.parse(outputOf("tokens"))).toEqual([`${"a ".repeat(48)}[redacted]`, "...[cut]"]);
  });

  it("leaves the items before and after it as they are", () => {
    const secret = SECRETS[0] as string;
    const pieces = [{ a: 1 }, "x ", secret.slice(0, 9), secret.slice(9), { b: 2 }, "y", "z"];
    expect([...new Model().tokens(pieces)]).toHaveLength(7);
    expect(JSON.parse(outputOf("tokens"))).toEqual([{ a: 1 }, "x [redacted]", { b: 2 }, "y", "z"]);
  });

  it("leaves pieces of ordinary text apart", () => {
    const pieces = ["The", " secret", " of", " good", " soup", ": patience", " token_budget", "=", "1"];
    expect([...new Model().tokens(pieces)]).toEqual(pieces);
    expect(JSON.parse(outputOf("tokens"))).toEqual(pieces);
  });

  it("is masked where the span ends before the stream does", () => {
    const secret = SECRETS[0] as string;
    for (const piece of new Model().tokens([secret.slice(0, 9), secret.slice(9), "more"])) {
      if (String(piece).length > 20) break;
    }
    expect(JSON.parse(outputOf("tokens"))).toEqual(["[redacted]"]);
  });
});
