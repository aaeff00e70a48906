import { withoutInlineData } from "../../../lib/instructor/call/messages.js";

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

  it.each([["a text"], [undefined], [null], [{ data: 7 }]])("is not seen in %p", (content) => {
    expect(withoutInlineData(content)).toBe(content);
  });

  it.each([
    ["a fence of dashes", "-".repeat(2_000)],
    ["a sequence of bases", "GATTACA".repeat(300)],
    ["hexadecimal digits", "0123456789abcdef".repeat(100)],
    ["what is shorter than a kibibyte", encoded(700)],
  ])("is not seen in a long run that is none: %s", (_, text) => {
    expect(withoutInlineData(text)).toBe(text);
  });

  it.each<[what: string, text: string, expected: string]>([
    ["Markdown", `see ![x](${url("image/png")}) and tell`, "see ![x]([image/png, 60 bytes]) and tell"],
    ["JSON", `{"a":"${url("image/png")}","b":1}`, '{"a":"[image/png, 60 bytes]","b":1}'],
    ["HTML", `<img src="${url("image/gif")}"> <p>Hi</p>`, '<img src="[image/gif, 60 bytes]"> <p>Hi</p>'],
    ["two URLs", `${url("image/png")} ${url("audio/mp3")}`, "[image/png, 60 bytes] [audio/mp3, 60 bytes]"],
    [
      "a run without a URL",
      `the file: ${encoded(3_000)} (end)`,
      "the file: [application/octet-stream, 3000 bytes] (end)",
    ],
    ["a run with padding", encoded(3_001), "[application/octet-stream, 3001 bytes]"],
  ])("is replaced in the midst of a text: %s", (_, text, expected) => {
    expect(withoutInlineData(text)).toBe(expected);
    expect(withoutInlineData([{ type: "text", text }])).toEqual([{ type: "text", text: expected }]);
  });

  it.each([["b64_json"], ["image_base64"], ["image_b64"], ["base64"], ["data"], ["file_data"]])(
    "is replaced in the field %s",
    (field) => {
      expect(withoutInlineData([{ [field]: base64 }])).toEqual([{ [field]: "[application/octet-stream, 60 bytes]" }]);
    },
  );
});

/** Base64 of bytes as a picture has them. */
function encoded(bytes: number): string {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => (at * 137 + 11) % 251)).toString("base64");
}

function nested(depth: number, value: unknown): unknown {
  return depth === 0 ? value : { inner: nested(depth - 1, value) };
}
