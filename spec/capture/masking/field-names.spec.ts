import { FIELD_RULES, FieldNames, isFieldName } from "../../../lib/capture/masking/field-names";
import { DEFAULT_REDACTOR } from "../../../lib/capture/masking/redactor";
import { NAME_BOUNDS, captureText } from "../../../lib/capture/serialize";

const names = new FieldNames(FIELD_RULES, ["ssn", "cardNumber"]);

describe("the name of a field", () => {
  it.each([
    ...[
      "password",
      "passWord",
      "pass-word",
      "pass word",
      "PASSWORD",
      "userPasswordField",
      "passwordInput",
      "newPassword1",
    ],
    ...[
      "loginPasswordText",
      "password_hash",
      "user[password]",
      "PGPASSWORD",
      "dbpassword",
      "xApiKey",
      "X-Api-Key",
      "API key",
    ],
    ...["OPENAI_API_KEY", "openai.api.key", "apiKeySecretValue", "API_KEY_PROD", "client_secret", "SecretAccessKey"],
    ...[
      "aws_secret_access_key",
      "ACCESS_TOKEN_2",
      "accessToken",
      "X-Auth-Token",
      "csrfToken",
      "private_key",
      "AccountKey",
    ],
    ...["Ocp-Apim-Subscription-Key", "DB_PASS", "Passwort", "Contraseña", "SSN", "card_number"],
  ])("%s is strong: any text under it is masked", (name) => {
    expect(names.kindOf(name)).toBe("any");
  });

  it.each([
    ["token", "mixed"],
    ["token_value", "mixed"],
    ["secret", "mixed"],
    ["credentials", "mixed"],
    ["accessTokens", "mixed"],
    ["pin", "mixed"],
    ["key", "long"],
    ["license_key", "long"],
    ["password_of_the_day_shown", "long"],
    ["Authorization", "authorization"],
    ["Set-Cookie", "cookie"],
    ["OLDPWD", "path"],
    ["auth", "login"],
  ])("%s is weak: only what looks the part is masked (%s)", (name, kind) => {
    expect(names.kindOf(name)).toBe(kind);
  });

  it.each([
    ...["password_min_length", "password_max_age", "password_policy", "passwordless", "api_keys_allowed", "token_type"],
    ...["max_tokens", "next_page_token", "eos_token", "public_key", "cache_key", "SharedAccessKeyName", "secret_name"],
    ...[
      "tokenizer",
      "secretary",
      "monkey",
      "bypass",
      "passport",
      "author",
      "session_timeout",
      "customer",
      "",
      "/oauth/token",
    ],
  ])("%j holds no secret", (name) => {
    expect(names.kindOf(name)).toBeUndefined();
  });

  it("is judged the same the second time, and after a thousand others", () => {
    for (let index = 0; index < 1100; index++) names.kindOf(`name_${index}`);
    expect([names.kindOf("password"), names.kindOf("password"), names.kindOf("name_5")]).toEqual([
      "any",
      "any",
      undefined,
    ]);
  });
});

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
