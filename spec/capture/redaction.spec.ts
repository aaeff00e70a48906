import { DEFAULT_REDACTOR } from "../../lib/capture/redaction";
import { MUST_KEEP } from "./must-keep";
import { MUST_MASK } from "./must-mask";

describe("the built-in rules", () => {
  it.each(MUST_MASK)("mask %s", (_what, text, recorded) => {
    expect(DEFAULT_REDACTOR.text(text)).toBe(recorded);
  });
  it.each(MUST_MASK)("leave %s masked as it is", (_what, _text, recorded) => {
    expect(DEFAULT_REDACTOR.text(recorded)).toBe(recorded);
  });
  it.each(MUST_KEEP.map((text) => [text]))("keep %j", (text) => {
    expect(DEFAULT_REDACTOR.text(text)).toBe(text);
  });
});
