import { isSecret, isWord, looksSecret, standsForSomethingElse } from "../../../lib/capture/masking/secret-values";
import { filled } from "./filled";

describe("a value", () => {
  it.each(["[a:20]", "[h:32]", "[l:26]", "[uuid]", "tok_1a2b3c4d", "[u:32]", "[a:10]-[a:10]", "[a:15]2"])(
    "looks like a secret: %s",
    (pattern) => {
      for (const seed of [1, 2, 3, 4, 5]) expect(looksSecret(filled(pattern, seed), 8)).toBe(true);
    },
  );

  it.each([
    ...["USDC", "PhD, MBA", "hello", "Tamper-Evident", "db-credentials", "gpt-4o-mini-2024-07-18", "PA-77120", "B-12"],
    ...[
      "https://docs.example/a1b2c3d4",
      "/run/secrets/a1b2c3d4e5",
      "process.env.TOKEN",
      "${TOKEN_1A2B3C}",
      "camelCaseIdentifierName",
    ],
    ...["2025-03-01", "100293847561029384", "C# minor", "a1b2c3 d4e5f6", ""],
  ])("does not look like a secret: %s", (value) => {
    expect(looksSecret(value, 8)).toBe(false);
  });

  it.each([
    ...["required", "string", "null", "<your key>", "${X}", "$TOKEN", "{{token}}", "********", "xxxx", "your-api-key"],
    ...["process.env.X", "config.apiKey", "getToken(user)", "os.environ[name]", "./secret.txt", "12", "8-64"],
  ])("stands for something else: %s", (value) => {
    expect(standsForSomethingElse(value)).toBe(true);
  });

  it.each(["hunter2", "P@ssw0rd!", "1234", "a26bc", "swordfish"])("does not: %s", (value) => {
    expect(standsForSomethingElse(value)).toBe(false);
  });

  it.each([
    ["swordfish", true],
    ["X-Api-Key", true],
    ["it's", true],
    ["obligatoria.", true],
    ["hunter2", false],
    ["kJhGfDsAqW", false],
  ])("%s is a word: %s", (value, is) => {
    expect(isWord(value)).toBe(is);
  });

  it("is a login where it is user:password in base64", () => {
    expect(isSecret("login", Buffer.from("aladdin:opensesame").toString("base64"))).toBe(true);
    expect(isSecret("login", Buffer.from("jürgen:geheim").toString("base64"))).toBe(true);
    expect([isSecret("login", "training"), isSecret("login", "two weeks"), isSecret("login", "YWFhYWE=")]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("under a name, a value is masked", () => {
  it.each([
    ["any", "a word", true],
    ["any", "", false],
    ["any", "[redacted]", false],
    ["path", "/home/user", false],
    ["path", "hunter2", true],
    ["path", "1", false],
    ["authorization", "approved", false],
    ["authorization", "Token abc123", true],
    ["authorization", "Bearer ${token}", false],
    ["cookie", "sid=abc123", true],
    ["cookie", "oatmeal", false],
    ["login", "oauth2", false],
    ["jwk", "short", false],
  ] as const)("%s: %j: %s", (kind, value, is) => {
    expect(isSecret(kind, value)).toBe(is);
  });

  it("among headers, whatever it is", () => {
    expect([isSecret("authorization", "approved", true), isSecret("cookie", "x", true)]).toEqual([true, true]);
  });
});
