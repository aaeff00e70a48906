import { DEFAULT_REDACTOR } from "../../../lib/capture/masking/redaction";
import { allMarked } from "../marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);

describe("a value in quotes", () => {
  it.each(
    allMarked([
      'password = "«it was cut»',
      'password = "«it was cut»\nnext line',
      'password = "«it was cut»\rnext line',
      String.raw`password = "«it was cut»\nnext line`,
      String.raw`password = "«it was cut»\rnext line`,
      "password = b'«hunter2»'",
      'token = R"«hunter2»"',
      'password := "«hunter2»"',
      'password = "«Bearer»"',
      'password == "«hunter2»"',
      'password => "«string»"',
      '{"password": «hunter2», "a": 1}',
      "<password><![CDATA[«it was cut»",
      'password = "«a{b}c»"',
      'password = "«!!!!!»"',
      'log("user", password="«hunter2»")',
      'echo "DB password:"«hunter2»" is set"',
      String.raw`{"a":"password=\"«hunter2»"}`,
      String.raw`password = "«it\was never cut»`,
      '{"password":\r\n"«hunter2»"}',
      String.raw`{"a":"{\"password\":\n\"«hunter2»\"}"}`,
      'password=Some("«hunter2»")',
      'password=Some("«string»")',
      'run --password "«it was cut»\nnext line',
      'password=Some("«it was cut»\nnext line',
      String.raw`{"a":"log(\"user\", token=\"«hunter2»\")"}`,
    ]),
  )("is masked as far as it goes: %j", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each([
    'password = ""',
    'password = "!"',
    'password = "{password}"',
    'password = "${password}"',
    'password = "Bearer ${password}"',
    'password = "{{ password }}"',
    'password = "Bearer "',
    'typeof password == "undefined"',
    'typeof password === "function"',
    'log("token:", token)',
    "log('password: ', value)",
    String.raw`{"code":"log(\"token:\", token)"}`,
    String.raw`{"code":"throw new Error(\"Unexpected token: \" + token)"}`,
    String.raw`{"a":"{\"code\":\"log(\\\"token:\\\", token)\"}"}`,
    String.raw`log("not a \"token:", token)`,
    '{"password":[]}',
    '{"password":{ }}',
  ])("holds none: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });

  it.each([
    ['{"password":-1.5e+3,"a":1}', '{"password":"[redacted]","a":1}'],
    ['{"secret":{"a":[1,{"b":2}]},"c":3}', '{"secret":"[redacted]","c":3}'],
    ['{"secret":["a","b"', '{"secret":"[redacted]"'],
    ['{"secret":{"a":1,"b":"hun', '{"secret":"[redacted]"'],
    ["{'secret': [1, 2], 'a': 1}", "{'secret': '[redacted]', 'a': 1}"],
  ])("without quotes of its own gets those of its name: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});
