import { z as z3 } from "zod";
import { z as z4 } from "zod/v4";
import { createRedactor, DEFAULT_REDACTOR } from "../../../lib/capture/masking/redactor.js";
import { functionsText } from "../../../lib/instructor/schema/describe-schema.js";
import { facadeFor, listFacade } from "../../../lib/instructor/schema/facade.js";
import { converterFor } from "../../../lib/instructor/schema/zod4-json-schema.js";

// Client methods wait for it before they describe a schema.
beforeAll(() => converterFor(z4.object({})));

const Ticket3 = z3.object({ customer: z3.string(), priority: z3.enum(["low", "high"]) });
const Ticket4 = z4.object({ customer: z4.string(), priority: z4.enum(["low", "high"]) });
/** What the traced client hands to Instructor for a Zod 4 schema. */
const facadeOf = (schema: object): object => facadeFor(schema)!.schema;
const parse = (text: string | undefined) => JSON.parse(text ?? "null") as { function: Record<string, unknown> }[];

describe("functionsText", () => {
  it("is the one function that the model is asked to call", () => {
    const text = functionsText({ name: "Ticket", description: "A ticket", schema: Ticket3 }, DEFAULT_REDACTOR);
    expect(parse(text)).toEqual([
      {
        type: "function",
        function: {
          name: "Ticket",
          description: "A ticket",
          parameters: {
            type: "object",
            properties: { customer: { type: "string" }, priority: { type: "string", enum: ["low", "high"] } },
            required: ["customer", "priority"],
            additionalProperties: false,
          },
        },
      },
    ]);
  });

  it("has the name and the description that the model is sent", () => {
    const schema = facadeOf(z4.object({ a: z4.string() }).describe("the schema's own"));
    const text = functionsText({ name: "My ticket-2!", description: "given", schema }, DEFAULT_REDACTOR);
    expect(parse(text)[0]?.function).toMatchObject({ name: "My_ticket_2_", description: "the schema's own" });
    expect(parse(text)[0]?.function.parameters).not.toHaveProperty("description");
    expect(
      parse(functionsText({ name: "T", schema: facadeOf(Ticket4) }, DEFAULT_REDACTOR))[0]?.function.description,
    ).toBe("");
  });

  it("is worked out once for each schema, name and description", () => {
    const redact = jest.fn((text: string) => text);
    const redactor = createRedactor(redact);
    const model = { name: "Ticket", schema: z3.object({ a: z3.string().describe("an A") }) };
    const text = functionsText(model, redactor);
    const count = redact.mock.calls.length;
    expect(count).toBeGreaterThan(0);
    expect(functionsText({ ...model }, redactor)).toBe(text);
    expect(redact).toHaveBeenCalledTimes(count);
    expect(parse(functionsText({ ...model, name: "Other" }, redactor))[0]?.function.name).toBe("Other");
    expect(parse(functionsText({ ...model, description: "d" }, redactor))[0]?.function.description).toBe("d");
  });

  it("keeps no text of one redactor for another", () => {
    const schema = z3.object({ a: z3.string().describe("code-name") });
    const hiding = createRedactor({ patterns: [/code-name/g] });
    expect(functionsText({ name: "T", schema }, DEFAULT_REDACTOR)).toContain("code-name");
    expect(functionsText({ name: "T", schema }, hiding)).not.toContain("code-name");
    expect(functionsText({ name: "T", schema }, DEFAULT_REDACTOR)).toContain("code-name");
  });

  it("shows properties that are named like credentials, and masks credentials in its texts", () => {
    const key = `sk-${"a1B2".repeat(8)}`;
    const schema = facadeOf(z4.object({ password: z4.string().describe(`like ${key}`), api_key: z4.string() }));
    const text = functionsText({ name: "Login", schema }, DEFAULT_REDACTOR);
    expect(parse(text)[0]?.function.parameters).toMatchObject({
      properties: { password: { type: "string" }, api_key: { type: "string" } },
    });
    expect(text).not.toContain(key);
  });

  it("records a large schema whole", () => {
    const shape = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`property${index}`, z4.string()]));
    const text = functionsText({ name: "Large", schema: facadeOf(z4.object(shape)) }, DEFAULT_REDACTOR);
    const parameters = parse(text)[0]?.function.parameters as { required: string[] };
    expect(parameters.required).toHaveLength(2_000);
  });

  it("describes the list that createIterable asks for", () => {
    const text = functionsText({ name: "Tickets", schema: listFacade(Ticket3).schema }, DEFAULT_REDACTOR);
    expect(parse(text)[0]?.function.parameters).toMatchObject({
      properties: { items: { type: "array", items: { properties: { customer: { type: "string" } } } } },
      required: ["items"],
    });
  });

  it("is empty for a Zod 4 schema that Instructor itself is given, and has the references that it sends", () => {
    const text = functionsText({ name: "T", schema: z4.object({ a: z4.string() }) }, DEFAULT_REDACTOR);
    expect(parse(text)[0]?.function.parameters).toEqual({});
    const twice = functionsText({ name: "My T", schema: z3.object({ a: Ticket3, b: Ticket3 }) }, DEFAULT_REDACTOR);
    expect(twice).toContain('{"$ref":"#/definitions/My_T/properties/a"}');
  });

  it("is missing where the schema cannot be described", () => {
    expect(functionsText({ name: "T", schema: {} }, DEFAULT_REDACTOR)).toBeUndefined();
  });
});
