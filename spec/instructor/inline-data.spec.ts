import { withoutInlineData } from "../../lib/instructor/inline-data.js";

const url = (type: string, length = 80) => `data:${type};base64,${"A".repeat(length)}`;
const base64 = "A".repeat(80);

describe("the data within a message's parts", () => {
  it.each<[what: string, part: unknown, expected: unknown]>([
    ["a data URL", url("image/png"), "[image/png, 60 bytes]"],
    ["a data URL of few bytes", "data:image/gif;base64,QUJDRA", "[image/gif, 4 bytes]"],
    ["a data URL in capitals", "DATA:image/gif;BASE64,QUJD", "[image/gif, 3 bytes]"],
    ["a data URL without a type", "data:;base64,QUJD", "[text/plain, 3 bytes]"],
    ["a data URL with parameters", "data:text/plain;charset=utf-8;base64,QUJD", "[text/plain, 3 bytes]"],
    ["a URL within an object", { url: url("image/png") }, { url: "[image/png, 60 bytes]" }],
    ["a URL within a list", { content: [{ url: url("image/png") }] }, { content: [{ url: "[image/png, 60 bytes]" }] }],
    [
      "a URL in a field for data, by its own type",
      { data: url("image/gif"), media_type: "image/png" },
      { data: "[image/gif, 60 bytes]", media_type: "image/png" },
    ],
    ["bare data", { data: base64 }, { data: "[application/octet-stream, 60 bytes]" }],
    ["the bare data of a file", { file_data: base64 }, { file_data: "[application/octet-stream, 60 bytes]" }],
    ["bare data with a format", { data: base64, format: "mp3" }, { data: "[mp3, 60 bytes]", format: "mp3" }],
    [
      "bare data with a MIME type, which says more than a format",
      { data: base64, mime_type: "audio/mpeg", format: "mp3" },
      { data: "[audio/mpeg, 60 bytes]", mime_type: "audio/mpeg", format: "mp3" },
    ],
    [
      "bare data with a media type, before all",
      { data: base64, media_type: "audio/wav", mime_type: "audio/mpeg" },
      { data: "[audio/wav, 60 bytes]", media_type: "audio/wav", mime_type: "audio/mpeg" },
    ],
    [
      "bare data with a type that is no text",
      { data: base64, media_type: { type: "audio" } },
      { data: "[application/octet-stream, 60 bytes]", media_type: { type: "audio" } },
    ],
    ["the shortest that is taken for data", { data: "A".repeat(64) }, { data: "[application/octet-stream, 48 bytes]" }],
    ["data at the depth of five objects", nested(5, url("image/png")), nested(5, "[image/png, 60 bytes]")],
  ])("becomes its type and size: %s", (_, part, expected) => {
    const before = structuredClone(part);
    const other = { type: "text", text: "What is this?" };
    const changed = withoutInlineData([other, part]) as unknown[];
    expect(changed).toEqual([other, expected]);
    expect(changed[0]).toBe(other);
    expect(part).toEqual(before);
  });

  it.each<[what: string, part: unknown]>([
    ["a text", { type: "text", text: "data, of course" }],
    ["a text that speaks of a data URL", { type: "text", text: `see ${url("image/png")}` }],
    ["a word that begins alike", "data:"],
    ["a data URL that is not base64", "data:text/plain,hello;base64,QUJD"],
    ["an address", { image_url: { url: "https://example.com/a.png?format=data:;base64," } }],
    ["what is shorter than any picture", { data: "A".repeat(63) }],
    ["a long text of another field", { text: base64, id: base64 }],
    ["data that is a number", { data: 4711, file_data: null }],
    ["nothing", null],
    ["a number", 7],
    ["an empty list", { content: [] }],
    ["what is nested deeper than messages are", nested(6, url("image/png"))],
    ["what is in deeper lists than messages have", [[[[[[url("image/png")]]]]]]],
  ])("is not seen where there is none: %s", (_, part) => {
    const content = [part];
    expect(withoutInlineData(content)).toBe(content);
    expect(content[0]).toBe(part);
  });

  it.each([["a text"], [undefined], [null], [{ data: base64 }]])(
    "is looked for in lists of parts alone, not in %p",
    (content) => {
      expect(withoutInlineData(content)).toBe(content);
    },
  );

  it("is described in each part that has some", () => {
    const parts = [{ url: url("image/png") }, { type: "text" }, { a: url("image/gif"), b: url("image/jpeg") }];
    expect(withoutInlineData(parts)).toEqual([
      { url: "[image/png, 60 bytes]" },
      { type: "text" },
      { a: "[image/gif, 60 bytes]", b: "[image/jpeg, 60 bytes]" },
    ]);
  });
});

function nested(depth: number, value: unknown): unknown {
  return depth === 0 ? value : { inner: nested(depth - 1, value) };
}
