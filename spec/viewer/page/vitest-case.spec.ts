import { transformSync } from "esbuild";
import type { ApiAttributes } from "../../../lib/viewer/api.js";
import { vitestCase } from "../../../lib/viewer/page/model/vitest-case.js";
import { apiSpan } from "./api-span.js";

const caseOf = (attributes: ApiAttributes, name = "instructor.create") =>
  vitestCase(apiSpan("chat", { name, attributes }));

const CALL = {
  "traceloop.entity.input": JSON.stringify({
    messages: [{ role: "user", content: "It's broken" }],
    response_model: "Ticket",
  }),
  "traceloop.entity.output": '{"priority":"high","odd key":[1]}',
  "gen_ai.request.model": "gpt-4o-mini",
  "instructor.max_retries": 2,
};

describe("a call as a Vitest case", () => {
  it("has its input, its schema's name and its result", () => {
    expect(caseOf(CALL)).toBe(`import { expect, test } from "vitest";
import { client } from "./client.js"; // your Instructor client
import { Ticket } from "./schemas.js"; // your schema

test("extracts Ticket from: It's broken", async () => {
  const result = await client.create({
    model: "gpt-4o-mini",
    max_retries: 2,
    messages: [
      {
        role: "user",
        content: "It's broken",
      },
    ],
    response_model: { schema: Ticket, name: "Ticket" },
  });
  expect(result).toMatchObject({
    priority: "high",
    "odd key": [
      1,
    ],
  });
});
`);
  });

  it("collects the items of an iterable", () => {
    const text = caseOf({ ...CALL, "traceloop.entity.output": "[{},{}]" }, "instructor.create_iterable");
    expect(text).toContain("const stream = await client.createIterable({");
    expect(text).toContain("for await (const item of stream) result.push(item);");
  });

  it("is there only where there is a result", () => {
    expect(caseOf({ ...CALL, "traceloop.entity.output": "" })).toBeUndefined();
  });

  it("is valid TypeScript and its text stays text, whatever names and messages hold", () => {
    const hostile = "\"`${process.exit()}\\\n\u2028'); process.exit(); //*/";
    const text = caseOf({
      ...CALL,
      "instructor.response_model": hostile,
      "traceloop.entity.input": JSON.stringify({ messages: [{ role: "user", content: hostile, [hostile]: hostile }] }),
      "traceloop.entity.output": `{"__proto__":{"a":1},${JSON.stringify(hostile)}:1}`,
      "gen_ai.request.model": hostile,
    });
    const { code } = transformSync(text ?? "", { loader: "ts", format: "esm", minify: true });
    // Outside of text there is only what the case itself is made of.
    expect(code.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{))*`/g, "")).not.toContain(
      "process.",
    );
    expect(text).toContain(`["__proto__"]: {`);
  });
});
