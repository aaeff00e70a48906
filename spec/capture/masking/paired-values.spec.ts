import { DEFAULT_REDACTOR } from "../../../lib/capture/masking/redaction";
import { captureJson } from "../../../lib/capture/serialize";
import { basic } from "../fake-credentials";
import { inEverySetting } from "../marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);
const M = "[redacted]";

describe("a value whose name stands before it", () => {
  it.each(
    inEverySetting([
      '{"name":"DB_PASSWORD","value":"«abc»"}',
      '{"key": "api_key", "value": "«abc»"}',
      '{"header":"X-Api-Key","value":"«abc»"}',
      '{"Name":"DB_PASSWORD","Value":"«abc»"}',
      '{"name" : "db.password", "type": "text", "value": "«abc»"}',
      "{'name': 'DB_PASSWORD', 'value': '«abc»'}",
      String.raw`{"a":"{\"name\":\"DB_PASSWORD\",\"value\":\"«abc»\"}"}`,
      String.raw`a\nname: DB_PASSWORD\nvalue: «abc123»`,
      String.raw`a\r\nname: DB_PASSWORD\r\nvalue: «abc123»`,
      String.raw`a\tname: DB_PASSWORD\n\tvalue: «abc123»`,
      "- name: DB_PASSWORD\n  value: «abc123»",
      "name=DB_PASSWORD, value=«abc123»",
      'name  =  "DB_PASSWORD"  value="«abc»"',
      `<input name="csrf_token" type="hidden" class="${"c".repeat(50)}" value="«abc»">`,
      '{"name":"user","name":"token","value":"«abc»"}',
    ]),
  )("is masked where that is a secret's: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      '{"name":"user","value":"abc"}',
      '{"name":"DB_PASSWORD","other":"abc"}',
      '{"name":"DB_PASSWORD","label":"abc"}',
      '{"name":"DB_PASSWORD","min_value":"abc"}',
      '{"name":"DB_PASSWORD"},{"value":"abc"}',
      '<a name="DB_PASSWORD"/><b value="abc"/>',
      '{"value":"abc","name":"DB_PASSWORD"}',
      '{"surname":"DB_PASSWORD","value":"abc"}',
      '{"names":"DB_PASSWORD","value":"abc"}',
      '{"name":"no DB_PASSWORD","value":"abc"}',
      `{"name":"DB_PASSWORD","${"c".repeat(90)}":1,"value":"abc"}`,
      `{"name":"${"c".repeat(60)}_token","value":"abc"}`,
      '{"name":"token","name":"user","value":"abc"}',
      '{"name DB_PASSWORD","value":"abc"}',
      '{"value":"abc"}',
    ]),
  )("stays where that is another's: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("a member whose name another member says", () => {
  it.each(["name", "key", "header"])("is masked where %s says that of a secret", (key) => {
    expect(captureJson({ [key]: "DB_PASSWORD", type: "text", value: "abc", a: "b" }, DEFAULT_REDACTOR)).toBe(
      `{"${key}":"DB_PASSWORD","type":"text","value":"${M}","a":"b"}`,
    );
    expect(captureJson({ [key]: "DB_PASSWORD", value: { a: { b: "c" } } }, DEFAULT_REDACTOR)).toBe(
      `{"${key}":"DB_PASSWORD","value":"${M}"}`,
    );
    expect(captureJson({ [key]: "user", value: { a: "b" } }, DEFAULT_REDACTOR)).toBe(
      `{"${key}":"user","value":{"a":"b"}}`,
    );
  });

  it.each(["title", "", "names", "field"])("stays where %j says that", (key) => {
    const value = { [key]: "DB_PASSWORD", value: { a: "b" } };
    expect(captureJson(value, DEFAULT_REDACTOR)).toBe(JSON.stringify(value));
  });
});

describe("the login that Docker's settings keep under auth", () => {
  it("is masked", () => {
    expect(captureJson({ "r.io": { auth: basic } }, DEFAULT_REDACTOR)).toBe(`{"r.io":{"auth":"${M}"}}`);
  });

  it.each([
    { auth: "" },
    { auth: "none" },
    { auth: `${basic} and more` },
    { auth: 5 },
    { auth: true },
    { auth: { type: "none" } },
    { auth: null },
    { oauth: basic },
    { a: basic },
    { "": basic },
  ])("is not any other value: %j", (value) => {
    expect(captureJson(value, DEFAULT_REDACTOR)).toBe(JSON.stringify(value));
  });
});
