import vm from "node:vm";
import { DEFAULT_REDACTOR } from "../../../lib/capture/masking/redaction";
import { anthropicKey, openAiKey, rsaPrivateKey } from "../fake-credentials";
import { HOSTILE_UNITS, muchOf, risingLevels } from "../hostile-texts";
import { MUST_KEEP } from "../must-keep";
import { MUST_MASK } from "../must-mask";

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

  it.each(MUST_KEEP.map((text) => [text]))("keep %j between other texts", (text) => {
    expect(DEFAULT_REDACTOR.text(`First.\n${text}\nLast.`)).toBe(`First.\n${text}\nLast.`);
  });
});

describe("names of keys", () => {
  it.each([
    "api_key",
    "apiKey",
    "APIKey",
    "API_KEY",
    "apikey",
    "x-api-key",
    "X-Api-Key",
    "OPENAI_API_KEY",
    "openaiApiKey",
    "openai.api.key",
    "authorization",
    "Authorization",
    "proxy-authorization",
    "Proxy-Authorization",
    "password",
    "Password",
    "PASSWORD",
    "db_password",
    "dbPassword",
    "passwd",
    "pwd",
    "newPassword",
    "password_confirmation",
    "password_hash",
    "password2",
    "passphrase",
    "user[password]",
    "secret",
    "client_secret",
    "clientSecret",
    "ClientSecret",
    "webhook-secret",
    "SecretAccessKey",
    "aws_secret_access_key",
    "token",
    "access_token",
    "accessToken",
    "accesstoken",
    "refresh_token",
    "id_token",
    "X-Auth-Token",
    "csrfToken",
    "githubToken",
    "access_tokens",
    "cookie",
    "Cookie",
    "set-cookie",
    "Set-Cookie",
    "session_cookie",
    "private_key",
    "privateKey",
    "signing_key",
    "encryption_key",
    "AccountKey",
    "credentials",
    "awsCredentials",
    "ocp-apim-subscription-key",
    "API_KEY_PROD",
    "secret_value",
    "smtp_pass",
    "pass",
  ])("%s holds a secret", (name) => {
    expect(DEFAULT_REDACTOR.isSecretKey(name)).toBe(true);
  });

  it.each([
    "token_budget",
    "max_tokens",
    "maxTokens",
    "total_tokens",
    "tokens",
    "tokenizer",
    "token_type",
    "token_count",
    "next_page_token",
    "nextPageToken",
    "continuation_token",
    "eos_token",
    "cost_per_token",
    "time_to_first_token",
    "secretary",
    "secretariat",
    "password_policy_url",
    "passwordless",
    "password_length",
    "cookie_policy",
    "authorization_url",
    "author",
    "authority",
    "credential_type",
    "key",
    "keys",
    "primary_key",
    "public_key",
    "sort_key",
    "idempotency_key",
    "cache_key",
    "monkey",
    "keyboard",
    "compass",
    "boarding_pass",
    "bypass",
    "passport",
    "session_id",
    "user_id",
    "code",
    "name",
    "id",
    "a",
    "",
    "__proto__",
    "日本語",
  ])("%j holds none", (name) => {
    expect(DEFAULT_REDACTOR.isSecretKey(name)).toBe(false);
  });
});

describe("a bounded text", () => {
  it.each([0, 1, 5, 12, 20, 30, 60])(
    "has no beginning of a credential that the bound cuts, %i characters in",
    (into) => {
      const before = "The key is ";
      const recorded = DEFAULT_REDACTOR.text(`${before}${anthropicKey} and more`, undefined, before.length + into);
      expect([before, `${before}[redacted]`, before + anthropicKey.slice(0, 1), `${before}sk`]).toContain(recorded);
    },
  );

  it("has nothing of a private key whose end lies far behind the bound", () => {
    const text = `a ${rsaPrivateKey.replaceAll("\n", "\n".repeat(50))} b`;
    expect(DEFAULT_REDACTOR.text(text, undefined, 50)).toBe("a [redacted]");
  });

  it("is not filled up with what stands behind the bound when masking made it shorter", () => {
    const text = `${openAiKey} ${openAiKey} end ${"x".repeat(1000)}`;
    expect(DEFAULT_REDACTOR.text(text, undefined, 2 * openAiKey.length + 5)).toBe("[redacted] [redacted] end");
  });
});

it("a credential is masked whole where it begins before the limit, and not read where it begins behind", () => {
  expect(DEFAULT_REDACTOR.text("password=hunter2 and more", undefined, 10)).toBe("password=[redacted]");
  expect(DEFAULT_REDACTOR.text("password=hunter2 and more", undefined, 9)).toBe("password=");
});

describe("a text full of", () => {
  // Each takes milliseconds; whatever takes more than a minute grows faster than the text, and is interrupted.
  const finishes = (run: () => void): void => {
    vm.runInContext("run()", vm.createContext({ run }), { timeout: 60_000 });
  };

  it.each(HOSTILE_UNITS.map((unit) => [unit]))("%j is masked in one pass", (unit) => {
    const text = muchOf(unit);
    finishes(() => expect(typeof DEFAULT_REDACTOR.text(text)).toBe("string"));
  });

  it("strings behind ever more backslashes is masked in one pass", () => {
    const text = risingLevels();
    finishes(() => expect(typeof DEFAULT_REDACTOR.text(text)).toBe("string"));
  });
});
