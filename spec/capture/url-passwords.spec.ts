import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redaction";
import { allMarked, inEverySetting } from "./marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

describe("the user and password of a URL", () => {
  it.each(
    inEverySetting([
      "https://«ann:hunter2»@x.io/a",
      "https://«:hunter2»@x.io/a",
      "https://«ann:h»@x.io",
      "https://«ann:a:b:c»@x.io",
      "s3://«ann:hunter2»@x.io",
      "https://«ann:hun;ter2»@x.io",
      "https://«ann:hun/ter2»@x.io/a",
      "https://«ann:hun?ter2»@x.io/a",
      "https://«ann:hun#ter2»@x.io/a",
      `https://«ann:${"p".repeat(600)}»@x.io/a`,
      "https://«abcdefghijklmno1»@x.io/a",
      "https://«abcdefghijklmnop1»@x.io/a",
      "https://«ann:12x/34»@x.io/a",
      String.raw`"https:\/\/«ann:hunter2»@x.io\/a"`,
      "sqlserver://h:1433;a=b;password=«hun@ter2»;c=d",
    ]),
  )("is masked: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      "://ann:hunter2@x.io",
      "a ://ann:hunter2@x.io",
      "https://x.io?at=ann:b@x.io",
      "https://x.io/?mail=ann@x.io",
      "https://x.io#ann:b@x.io",
      "https://x.io:80/ann@x.io",
      "https://x.io:/ann@x.io",
      "https://ann@x.io",
      "https://ann:@x.io",
      "https://abcdefghijklmnop@x.io/a",
      "https://abcdefghijklmn1@x.io/a",
      "https://@x.io",
      "https://x.io:a/b https://y.io/@ann",
      "https://x.io:a/b and ann@x.io",
      "https://x.io:a/b|ann@x.io",
      "https://x.io:a/b://ann@x.io",
      `https://x.io:a/${"b".repeat(256)}@y.io`,
      "https://[redacted]@x.io:80/a@b",
      "'https://x.io:a', 'ann@x.io'",
      "https://{host}:{port}@x",
      "https://x.io<ann:b@x.io>",
    ]),
  )("is not any sign of an address: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("the user and password of a URL in a parameter", () => {
  it.each(
    inEverySetting([
      "to=https%3A%2F%2F«ann%3Ahunter2»%40x.io%2Fa",
      "to=https%3a%2f%2f«ann%3ahunter2»%40x.io%2fa",
      "to=s3%3A%2F%2F«ann%3Ahun%40ter2»%40x.io&b=c",
      "to=https%3A%2F%2F«%3Ah»%40x.io",
      "to=https%3A%2F%2F«ann%3Ahunter2F»%40x.io",
      "to=https%3A%2F%2F«ann%3Ahun%20ter2»%40x.io",
      "to=https%3A%2F%2F«ann%3Ahunter2»%40x.io%3A80%2Fa",
    ]),
  )("is masked: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      "to=%3A%2F%2Fann%3Ahunter2%40x.io",
      "to=-%3A%2F%2Fann%3Ahunter2%40x.io",
      "to=https%3A%2Fann%3Ahunter2%40x.io",
      "to=https%3Ann%2F%2Fann%3Ahunter2%40x.io",
      "to=https%3A%2F%2Fx.io%3A80%2Fann%40x.io",
      "to=https%3A%2F%2Fx.io%3A80%3Fa%40x.io",
      "to=https%3A%2F%2Fx.io%3A80%23a%40x.io",
      "to=https%3A%2F%2Fx.io%3A80&mail=ann%40x.io",
      "to=https%3A%2F%2Fx.io%3A80 mail ann%40x.io",
      "to=https%3A%2F%2Fx.io%3A80\nann%40x.io",
      "to=https%3A%2F%2Fx.io%3A80/ann%40x.io",
      'to=https%3A%2F%2Fx.io%3A80"ann%40x.io',
      "to=https%3A%2F%2Fann%40x.io",
      "to=https%3A%2F%2Fann%40x.io%3A80%2Fa",
      "to=https%3A%2F%2Fx.io%3A80%41b",
      "to=https%3A%2F%2F%40x.io%3A80",
      "to=https%3A%2F%2F[redacted]%40x.io",
      `to=https%3A%2F%2Fx.io%3A80${LETTERS.repeat(10)}%40y.io`,
    ]),
  )("is not any escaped sign: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("the user and password of a command", () => {
  it.each(
    inEverySetting([
      "curl -u ann:«hunter2» https://x.io",
      "curl --user ann:«hunter2» https://x.io",
      "curl --user=ann:«hunter2» https://x.io",
      "curl --proxy-user ann:«hunter2» https://x.io",
      "curl --proxy-user=a=b:«hunter2» https://x.io",
      'curl --user="ann:«hunter2»" https://x.io',
      "curl -u a=b:«hunter2» https://x.io",
      "curl -u 'ann:«hunter2»' https://x.io",
      'curl -u "ann:«hunter2»" https://x.io',
      "curl -u ann:«12ab» https://x.io",
      "curl -u ann:«ab12» https://x.io",
      "curl -u ann.b~c:«hunter2» https://x.io",
      `curl -u ${LETTERS.repeat(2)}:«hunter2» https://x.io`,
      `curl -u ann:«${LETTERS.repeat(4)}» https://x.io`,
      "curl -u ann:«ann2» https://x.io",
      "curl -u ann:«an» https://x.io",
      "curl -u ann:«pa$s»\thttps://x.io",
    ]),
  )("is masked behind its flag: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      "docker run -u 1000:1000 image",
      "docker run -u 0:0 image",
      "docker run -u app:app image",
      "docker run -u app: image",
      "docker run -u app:5 image",
      "docker run -u app:55 image",
      "docker run -u :hunter2 image",
      "curl -u ann:$PASSWORD https://x.io",
      "curl -u ann:[redacted] https://x.io",
      "curl -ux ann:hunter2 https://x.io",
      "curl -u - ann:hunter2 https://x.io",
      "curl x-u ann:hunter2 https://x.io",
      "curl --user-agent ann:hunter2",
      "curl -u x ann:hunter2",
      "ann:hunter2 -u ",
      "curl --user=:hunter2 https://x.io",
      "curl --user=app:app https://x.io",
      "curl --no-user=ann:hunter2 https://x.io",
      "ann:hunter2",
      `curl -u ${LETTERS.repeat(3)}:hunter2 https://x.io`,
    ]),
  )("is not what else stands around a colon: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(allMarked(["a -u ann:«hunter2»", "-u ann:hunter2", " -u ann:«h»"]))(
    "is masked up to the end of the text: %s",
    (text, recorded) => {
      expect(recordedOf(text)).toBe(recorded);
    },
  );
});
