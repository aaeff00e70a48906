import vm from "node:vm";
import { createRedactor } from "../../../lib/capture/masking/redactor";
import type { RedactOption } from "../../../lib/capture/redact-option";
import { captureJson, captureText } from "../../../lib/capture/serialize";
import { openAiKey } from "./fake-credentials";

const small = { maxBytes: 100, maxItems: 50, maxDepth: 8 };

describe("redact.keys", () => {
  const redactor = createRedactor({ keys: ["ssn", "cardNumber", "CVV2", "pin"] });

  it("masks the values of these names in any naming style", () => {
    const value = { SSN: "1", "card-number": 2, card_number: { a: 1 }, CardNumber: [1], cvv2: "3", PIN: 4, pins: 5 };
    expect(JSON.parse(captureJson(value, redactor) ?? "")).toEqual({
      SSN: "[redacted]",
      "card-number": "[redacted]",
      card_number: "[redacted]",
      CardNumber: "[redacted]",
      cvv2: "[redacted]",
      PIN: "[redacted]",
      pins: 5,
    });
  });

  it("masks them in texts", () => {
    expect(captureText("SSN: 078-05-1120, my card number: 4111, opinion=1", redactor)).toBe(
      "SSN: [redacted], my card number: [redacted], opinion=1",
    );
  });

  it.each(["national_id", "nationalId", "National-ID"])("masks %s in texts in any naming style", (key) => {
    const own = createRedactor({ keys: [key] });
    const text =
      '{"national_id":"850101-1234","nationalId":1} NATIONAL-ID=850101-1, national id: 850101-1, international: 3';
    expect(own.text(text)).toBe(
      '{"national_id":"[redacted]","nationalId":"[redacted]"} NATIONAL-ID=[redacted], national id: [redacted], international: 3',
    );
  });

  it.each(["", "An ordinary sentence. ".repeat(10)])("masks them in texts in any script, behind %j", (before) => {
    const own = createRedactor({ keys: ["пароль", "Größennummer", "ключ api"] });
    const text = `${before}{"пароль":"a1","größen_nummer": 42} мой пароль: hunter2, ключ api=abc, ПАРОЛЬ: x1, не`;
    expect(own.text(text)).toBe(
      `${before}{"пароль":"[redacted]","größen_nummer": "[redacted]"} мой пароль: [redacted], ключ api=[redacted], ПАРОЛЬ: [redacted], не`,
    );
    expect(own.text(`${before}彼のtoken: 12345, 彼のapi_key: a1`)).toBe(
      `${before}彼のtoken: 12345, 彼のapi_key: [redacted]`,
    );
    const mixed = createRedactor({ keys: ["ssn", "пароль"] });
    expect(mixed.text(`${before}彼のssn: 12345, пароль: x1`)).toBe(`${before}彼のssn: [redacted], пароль: [redacted]`);
    for (const kept of ["пароли: hunter2", "— слово: hunter2", "“пароля”: hunter2"]) {
      expect(own.text(before + kept)).toBe(before + kept);
    }
  });

  it("masks them behind a flag, and short ones where their value follows at once", () => {
    expect(createRedactor({ keys: ["xyz"] }).text("run --xyz hunter2 --y 5")).toBe("run --xyz [redacted] --y 5");
    expect(createRedactor({ keys: ["xy", "z"] }).text('xy: a1, xy="b", {"z":"c"}')).toBe(
      'xy: [redacted], xy="[redacted]", {"z":"[redacted]"}',
    );
  });

  it("leaves names that only end like these", () => {
    expect(captureJson({ mission_ssn_count: 1, not_ssn: 2 }, redactor)).toBe('{"mission_ssn_count":1,"not_ssn":2}');
  });

  it("takes names of one letter and in other scripts", () => {
    const own = createRedactor({ keys: ["x", "пароль"] });
    expect(captureJson({ x: "1", y: "2", Пароль: "3" }, own)).toBe('{"x":"[redacted]","y":"2","Пароль":"[redacted]"}');
  });

  it("adds to the built-in rules", () => {
    expect(captureJson({ password: "x", note: openAiKey }, redactor)).toBe(
      '{"password":"[redacted]","note":"[redacted]"}',
    );
  });
});

describe("redact.patterns", () => {
  it("masks every match in texts, numbers and names of keys", () => {
    const redactor = createRedactor({ patterns: [/\b\d{4}-\d{4}\b/, /4111\d+/] });
    const value = { a: "from 1234-5678 to 8765-4321", n: 4111111111111111, "1111-2222": true, other: 42 };
    expect(JSON.parse(captureJson(value, redactor) ?? "")).toEqual({
      a: "from [redacted] to [redacted]",
      n: "[redacted]",
      "[redacted]": true,
      other: 42,
    });
  });

  it.each(["", "g", "y", "gy", "gi"])(
    "does not depend on the flags %j, nor on where the pattern stopped last",
    (flags) => {
      const pattern = new RegExp("horse", flags);
      pattern.lastIndex = 3;
      const redactor = createRedactor({ patterns: [pattern] });
      expect(redactor.text("a horse, a horse")).toBe("a [redacted], a [redacted]");
      expect(redactor.text("a horse, a horse")).toBe("a [redacted], a [redacted]");
      expect(pattern.lastIndex).toBe(3);
    },
  );

  it("neither masks its own mask nor stops at a pattern that matches nothing", () => {
    const redactor = createRedactor({ patterns: [/red/, /x*/, /act/] });
    expect(redactor.text("red xx [redacted] act")).toBe("[redacted] [redacted] [redacted] [redacted]");
    expect(redactor.text("[redacted]")).toBe("[redacted]");
  });

  it("leaves no half of a credential where it would have taken a piece out of it", () => {
    const redactor = createRedactor({ patterns: [/Fake/, /\d{3,}/] });
    expect(redactor.text(`a ${openAiKey} Fake 123`)).toBe("a [redacted] [redacted] [redacted]");
    expect(redactor.text("password=a1234b")).toBe("password=[redacted]");
  });

  it("takes a mask in that a match reaches into", () => {
    expect(createRedactor({ patterns: [/a \[re/] }).text("a [redacted] b")).toBe("[redacted] b");
  });

  it.each<[RegExp, string, string]>([
    [/x/, "[redacted]x", "[redacted][redacted]"],
    [/x/, "x[redacted]", "[redacted][redacted]"],
    [/x/, "x[redacted]x[redacted] y", "[redacted][redacted][redacted][redacted] y"],
    // A match takes in each mask that it reaches into.
    [/ed\] b/, "[redacted] b", "[redacted]"],
    [/ a \[/, "x [redacted] a [redacted] y", "x [redacted][redacted] y"],
    [/b \[redact/, "a b [redacted] c", "a [redacted] c"],
    [/b \[redacted/, "a b [redacted] c", "a [redacted] c"],
    [/\[redacted\]|\] b/, "[redacted] [redacted] b", "[redacted] [redacted] b"],
    [/b.*z/, "[redacted] b [redacted] [redacted] z [redacted]", "[redacted] [redacted] [redacted]"],
  ])("beside, within and over masks: %s in %j", (pattern, text, recorded) => {
    const redactor = createRedactor({ patterns: [pattern] });
    expect(redactor.text(text)).toBe(recorded);
  });

  it.each([
    ["a", 1],
    ["a ", 2],
    ["a [redacted]", 3],
    ["a [redacted] b", 9],
    ["a [redacted] b ", 10],
    ["a [redacted] b [redacted]", 11],
  ])("masks what begins before the bound, and shows nothing behind it: %j", (recorded, limit) => {
    const redactor = createRedactor({ patterns: [/horse/] });
    expect(redactor.text("a horse b horse c", undefined, limit)).toBe(recorded);
  });

  it("shows no half of a credential that the bound cuts, and none of its mask", () => {
    const redactor = createRedactor({ patterns: [/horse/] });
    const token = `123456789:AA${"Fake0fake1".repeat(4).slice(0, 33)}`;
    expect(redactor.text(`use ${token} at once`, undefined, 8)).toBe("use [redacted]");
    expect(redactor.text(`use ${token} at once`, undefined, 20)).toBe("use [redacted]");
  });

  it("has numbers shown to it, which without it none is", () => {
    expect(createRedactor({ patterns: [/a/] }).seesNumbers).toBe(true);
    expect(createRedactor({ keys: ["ssn"], patterns: [] }).seesNumbers).toBe(false);
  });

  it("sees over the bound, so that no match is cut in two", () => {
    const redactor = createRedactor({ patterns: [/<<.*>>/] });
    const text = `${"a".repeat(90)}<<${"secret".repeat(20)}>> and more`;
    expect(captureText(text, redactor, small)).toBe(`${"a".repeat(90)}[r...[cut]`);
    expect(captureText(text, redactor, { ...small, maxBytes: 200 })).toBe(`${"a".repeat(90)}[redacted]...[cut]`);
  });

  it("takes patterns of another realm", () => {
    const pattern = vm.runInNewContext("/horse/") as RegExp;
    expect(createRedactor({ patterns: [pattern] }).text("a horse")).toBe("a [redacted]");
  });

  it("leaves a text out at which a pattern gives up", () => {
    // Exhausts the stack that the matcher keeps for its way back.
    const redactor = createRedactor({ patterns: [/(?:(a)|b)*c/] });
    expect(redactor.text("abc")).toBe("[redacted]");
    expect(redactor.text("ab".repeat(10_000_000))).toBeUndefined();
  });
});

describe("redact.disable", () => {
  it("takes a rule off, for texts and for fields", () => {
    const redactor = createRedactor({ disable: ["bearer", "password"] });
    expect(redactor.text("Bearer abc.def-123, password=hunter2, api_key=abc")).toBe(
      "Bearer abc.def-123, password=hunter2, api_key=[redacted]",
    );
    expect(captureJson({ password: "x", api_key: "y" }, redactor)).toBe('{"password":"x","api_key":"[redacted]"}');
  });
});

describe("redact.rules", () => {
  const badge = { id: "staff-badge", keywords: ["badge-"], pattern: /(?<kept>badge-)\d{6,8}/ };

  it("adds rules of the same shape", () => {
    const redactor = createRedactor({ rules: [badge] });
    expect(redactor.text("badge-123456 and badge-holder, password=x1")).toBe(
      "badge-[redacted] and badge-holder, password=[redacted]",
    );
    expect(captureJson({ note: "my badge-1234567" }, redactor)).toBe('{"note":"my badge-[redacted]"}');
  });

  it("masks what stands before the keyword by a group, and heeds the flag i", () => {
    const staff = { id: "staff", keywords: ["@staff"], pattern: /(?<=(?<before>\d{4}))@staff/i };
    expect(createRedactor({ rules: [staff] }).text("see 1234@STAFF, x@staff")).toBe("see [redacted], x@staff");
  });
});

describe("a redact function", () => {
  it("gets each text with the nearest key around it", () => {
    const seen: unknown[] = [];
    const redactor = createRedactor((value, key) => {
      seen.push([value, key]);
      return value;
    });
    captureJson({ a: "x", list: ["y", { b: 1.5 }], on: true, none: null }, redactor);
    expect(seen).toEqual([
      ["x", "a"],
      ["y", "list"],
      ["1.5", "b"],
    ]);
  });

  it("decides what is recorded", () => {
    const redactor = createRedactor((value) => value.replaceAll(/\S+@\S+/g, "[email]"));
    expect(captureJson({ from: "write to a@b.c please", n: 1 }, redactor)).toBe(
      '{"from":"write to [email] please","n":1}',
    );
    expect(captureText("a@b.c", redactor)).toBe("[email]");
  });

  it("is shown keys that are data, but not names of fields", () => {
    const redactor = createRedactor((value) => value.toUpperCase());
    expect(captureJson({ name: "ann", "ann@b.c": 1, "two words": 2 }, redactor)).toBe(
      '{"name":"ANN","ANN@B.C":1,"TWO WORDS":2}',
    );
  });

  it.each<[string, RedactOption]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["returns undefined", () => undefined],
    ["returns something else", () => 42 as unknown as string],
    ["returns a promise", (async () => "x") as unknown as () => string],
  ])("leaves the value out when it %s", (_what, redact) => {
    const redactor = createRedactor(redact);
    expect(captureText("hello", redactor)).toBeUndefined();
    expect(captureJson("hello", redactor)).toBeUndefined();
    expect(captureJson(42, redactor)).toBeUndefined();
    expect(captureJson({ a: "hello", b: [true, "hello"], c: 1 }, redactor)).toBe('{"b":[true,null]}');
    expect(captureJson({ a: false, "an email": 1 }, redactor)).toBe('{"a":false}');
  });

  it("gets what the built-in rules left, and its answer goes through them", () => {
    let seen = "";
    const redactor = createRedactor((value) => {
      seen = value;
      return `${value} ${openAiKey}`;
    });
    expect(redactor.text(`x ${openAiKey}`)).toBe("x [redacted] [redacted]");
    expect(seen).toBe("x [redacted]");
  });

  it("sees no more of a long text than is recorded and a margin, and what the bound cut in two is dropped", () => {
    let seen = 0;
    const redactor = createRedactor((value) => {
      seen = value.length;
      return value.replaceAll("<secret>", "");
    });
    const text = `${"<secret>".repeat(10)}${"a".repeat(10)}${"<secret>".repeat(1000)}`;
    const recorded = captureText(text, redactor, small);
    expect(seen).toBeLessThan(5000);
    expect(recorded).not.toContain("<");
  });

  it("sees 4096 characters behind the bound", () => {
    const seen: number[] = [];
    const redactor = createRedactor((value) => {
      seen.push(value.length);
      return value;
    });
    const text = "a".repeat(10_000);
    expect(redactor.text(text, undefined, 100)).toBe("a".repeat(100));
    expect(redactor.text(text, undefined, 9_999)).toBe("a".repeat(9_999 + 1 - 4096));
    expect(redactor.text(text, undefined, 10_000)).toBe(text);
    expect(seen).toEqual([4_196, 10_000, 10_000]);
  });

  it("has as much of its answer dropped as it may have cut in two", () => {
    const redactor = createRedactor((value) => value.replaceAll("b", ""));
    expect(redactor.text("b".repeat(60) + "a".repeat(10_000), undefined, 100)).toBe("a".repeat(40));
    expect(redactor.text("b".repeat(10_000), undefined, 100)).toBe("");
    expect(createRedactor((value) => value + value).text("a".repeat(10_000), undefined, 100)).toBe("a".repeat(100));
  });

  it("does not lose the built-in keys", () => {
    expect(
      captureJson(
        { password: "x" },
        createRedactor((value) => value),
      ),
    ).toBe('{"password":"[redacted]"}');
  });
});

describe("a wrong redact option", () => {
  it.each<[string, unknown, string]>([
    [
      "a text",
      "password",
      "redact: expected a function or an object with keys, patterns, disable or rules, got a value of type string",
    ],
    ["null", null, "redact: expected a function or an object with keys, patterns, disable or rules, got null"],
    [
      "an array",
      ["ssn"],
      "redact: expected a function or an object with keys, patterns, disable or rules, got an array",
    ],
    ["an unknown rule", { key: ["ssn"] }, "redact.key: no such part, expected keys, patterns, disable or rules"],
    [
      "keys that are no list",
      { keys: "ssn" },
      "redact.keys: expected an array of names of keys, got a value of type string",
    ],
    ["an empty key", { keys: ["a", ""] }, "redact.keys[1]: expected an array of names of keys, got an empty string"],
    [
      "a number as a key",
      { keys: ["a", 42] },
      "redact.keys[1]: expected an array of names of keys, got a value of type number",
    ],
    ["a list as a key", { keys: [["a"]] }, "redact.keys[0]: expected an array of names of keys, got an array"],
    [
      "a rule without keywords",
      { rules: [{ id: "a", keywords: [], pattern: /a/ }] },
      "redact.rules[0]: expected an array of rules { id, keywords, pattern }, got a value of type object",
    ],
    [
      "a rule with a short keyword",
      { rules: [{ id: "a", keywords: ["ab"], pattern: /a/ }] },
      "redact.rules[0]: expected an array of rules { id, keywords, pattern }, got a value of type object",
    ],
    [
      "a rule that is none",
      { disable: ["bearer", "nope"] },
      'redact.disable[1]: expected an array of ids of rules, which docs/privacy.md lists, got "nope"',
    ],
    [
      "a pattern that is a text",
      { patterns: ["x"] },
      "redact.patterns[0]: expected an array of regular expressions, got a value of type string",
    ],
  ])("is refused: %s", (_what, redact, message) => {
    expect(() => createRedactor(redact as RedactOption)).toThrow(new TypeError(message));
  });

  it("is not what an empty one is", () => {
    expect(createRedactor({}).text("password=x")).toBe("password=[redacted]");
    expect(createRedactor({ keys: undefined, patterns: undefined }).text("a")).toBe("a");
  });
});
