import { isFieldName } from "../../lib/capture/masking/field-names";
import { NAME_BOUNDS, captureText } from "../../lib/capture/serialize";
import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor";

describe("the name of a field", () => {
  it.each(["a", "", "user_id", "$ref", "a.b-c", "Gr", "x".repeat(64)])("is %j", (key) => {
    expect(isFieldName(key)).toBe(true);
  });

  it.each(["ann@example.com", "two words", " a", "a ", "größe", "a/b", "?", "x".repeat(65), "a\n"])(
    "is not %j, which is data",
    (key) => {
      expect(isFieldName(key)).toBe(false);
    },
  );
});

describe("the name of a span", () => {
  it("is recorded up to 256 bytes", () => {
    const name = "n".repeat(256);
    expect(captureText(name, DEFAULT_REDACTOR, NAME_BOUNDS)).toBe(name);
    expect(Buffer.byteLength(captureText(`${name}n`, DEFAULT_REDACTOR, NAME_BOUNDS) ?? "")).toBeLessThanOrEqual(256);
  });
});
