import { DEFAULT_REDACTOR } from "../../../lib/capture/masking/redaction";

const masked = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);

describe("the value of a secret name in a text is masked", () => {
  it.each([
    ["password=swordfish", "password=[redacted]"],
    ["if (password === 'hunter2') return;", "if (password === '[redacted]') return;"],
    ["password == hunter2", "password == [redacted]"],
    ["'password' => 'hunter2'", "'password' => '[redacted]'"],
    ["password := hunter2", "password := [redacted]"],
    ["user[password]=hunter2", "user[password]=[redacted]"],
    ["password[0]=x", "password[0]=x"],
    ["**password:** hunter2, **password**: hunter3", "**password:** [redacted], **password**: [redacted]"],
    ["password (of the box): hunter2", "password (of the box): [redacted]"],
    ["password：hunter2", "password：[redacted]"],
    ["a%3Fpassword%3Dhunter2%26b", "a%3Fpassword%3D[redacted]%26b"],
    ["a\\npassword=hunter2", "a\\npassword=[redacted]"],
    ["your API key: a1b2c3", "your API key: [redacted]"],
    ["my пароль password: a1b2c3", "my пароль password: [redacted]"],
    ["a;Password=a b c;Server=db", "a;Password=[redacted];Server=db"],
    ["a;Password=p@ss;w0rd;Server=db;", "a;Password=[redacted];Server=db;"],
    ["a;Password=a b;", "a;Password=[redacted];"],
    ["password=hunter2. Next", "password=[redacted]. Next"],
    ["password=hunter2.", "password=[redacted]."],
    ["a\\ntoken=a1b2c3d4e5", "a\\ntoken=[redacted]"],
    ["password=a.b.c1", "password=[redacted]"],
    ["password=a,b1&c=2", "password=[redacted]&c=2"],
    ["password=a,b=1", "password=[redacted],b=1"],
    ['password = Some("hunter2")', 'password = Some("[redacted]")'],
    ["password: >-\n  hunter2\nb: 1", "password: >-\n  [redacted]\nb: 1"],
  ])("behind a sign: %j", (text, wanted) => expect(masked(text)).toBe(wanted));

  it.each([
    ['{"password":"hunter2"}', '{"password":"[redacted]"}'],
    ['{"password":\n "swordfish"}', '{"password":\n "[redacted]"}'],
    ['{"password":123,"b":1}', '{"password":"[redacted]","b":1}'],
    ['{"password":-1.5e3,"b":1}', '{"password":"[redacted]","b":1}'],
    ['{"password":{"a":["}",{"b":"c"}]},"d":1}', '{"password":"[redacted]","d":1}'],
    ['{"password":["a","]"],"d":1}', '{"password":"[redacted]","d":1}'],
    ['{"password":[],"d":1}', '{"password":[],"d":1}'],
    ['{"password":{"type":"string"},"d":1}', '{"password":{"type":"string"},"d":1}'],
    ['{"password":"a\\"b","d":1}', '{"password":"[redacted]","d":1}'],
    ['{\\"password\\":\\"a\\\\\\"b\\",\\"d\\":1}', '{\\"password\\":\\"[redacted]\\",\\"d\\":1}'],
    ['{\\"password\\":{\\"a\\":\\"}\\"},\\"d\\":1}', '{\\"password\\":\\"[redacted]\\",\\"d\\":1}'],
    ['{\\"password\\":5,\\"d\\":1}', '{\\"password\\":\\"[redacted]\\",\\"d\\":1}'],
    ['"password": "no end\nb', '"password": "[redacted]\nb'],
    ['"password": "no end\rb', '"password": "[redacted]\rb'],
  ])("in JSON, at any level: %j", (text, wanted) => expect(masked(text)).toBe(wanted));

  it.each([
    ['{"name":"DB_PASSWORD","value":"swordfish"}', '{"name":"DB_PASSWORD","value":"[redacted]"}'],
    ["- name: DB_PASSWORD\n  value: swordfish", "- name: DB_PASSWORD\n  value: [redacted]"],
    ['<add key="ApiKey" value="a1"/>', '<add key="ApiKey" value="[redacted]"/>'],
    ['{"name":"DB_PASSWORD"},{"value":"x1"}', '{"name":"DB_PASSWORD"},{"value":"x1"}'],
    ["<password>swordfish</password>", "<password>[redacted]</password>"],
    ['<w:Password Type="a">x1</w:Password>', '<w:Password Type="a">[redacted]</w:Password>'],
    ["<soap:Password>x1</soap:Password>", "<soap:Password>[redacted]</soap:Password>"],
    ["<password><![CDATA[x1]]></password>", "<password><![CDATA[[redacted]]]></password>"],
    ["<password>\n  x1</password>", "<password>\n  [redacted]</password>"],
    ["setHeader('x-api-key', 'a1b2')", "setHeader('x-api-key', '[redacted]')"],
    ['["--password", "a1b2"]', '["--password", "[redacted]"]'],
    ['["password",\n "a1b2"]', '["password",\n "[redacted]"]'],
    ["login --password hunter2 now", "login --password [redacted] now"],
    ["login --password 'two words' now", "login --password '[redacted]' now"],
  ])("in pairs, elements, lists and flags: %j", (text, wanted) => expect(masked(text)).toBe(wanted));
});

describe("what only mentions a secret name is kept", () => {
  it.each([
    "password: required",
    "Password: at least 12 characters",
    "password:",
    "password:\nhunter2",
    "password",
    '"password:" + x',
    "password=password, api_key: apiKey",
    "password = getPassword(user)",
    "password={process.env.PASSWORD}",
    "password=$PASSWORD",
    '("password", "text")',
    '("password", "text7 with blanks")',
    '("password", "a-7")',
    '("password", "12.5,7-8")',
    '("password", password7)',
    "--password --force",
    "--password file",
    "the key - a1b2c3d4e5f6a7b8c9",
    '"/oauth/password": "x1"',
    "token=swordfish, key=value",
    "passwordless: a1",
  ])("%j", (text) => expect(masked(text)).toBe(text));
});
