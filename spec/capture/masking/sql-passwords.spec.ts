import { DEFAULT_REDACTOR } from "../../../lib/capture/masking/redaction";
import { allMarked, inEverySetting } from "../marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);

describe("a password in SQL", () => {
  it.each(
    inEverySetting([
      "PASSWORD '«hunter2»';",
      "WITH PASSWORD'«hunter2»';",
      "ALTER ROLE ann PASSWORD '«hun''ter2»' VALID UNTIL 'infinity';",
      "ALTER ROLE ann PASSWORD '«''»';",
      "SET PASSWORD FOR ann = PASSWORD('«hunter2»');",
      "SET PASSWORD = PASSWORD ( '«hunter2»' );",
      "CREATE USER ann IDENTIFIED BY '«hunter2»' REQUIRE SSL;",
      "IDENTIFIED BY '«hunter2»', 'b'",
      "ALTER ROLE ann PASSWORD                '«hunter2»';",
      "ALTER ROLE ann PASSWORD '«[redacted] or not»';",
      "ALTER ROLE ann PASSWORD '«1234567890»';",
      "ALTER ROLE ann PASSWORD '«was [redacted]»';",
      `ALTER ROLE ann PASSWORD '«${"p w".repeat(80)}»';`,
      `ALTER ROLE ann PASSWORD '«${"p w".repeat(300)}»';`,
    ]),
  )("is masked: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(allMarked(["PASSWORD '«hunter2»", "PASSWORD '«hun''»", "a IDENTIFIED BY '«hunter2»", "PASSWORD ('«h»"]))(
    "is masked where the text was cut off in it: %s",
    (text, recorded) => {
      expect(recordedOf(text)).toBe(recorded);
    },
  );

  it.each(
    inEverySetting([
      "ALTER ROLE ann PASSWORD '';",
      "ALTER ROLE ann PASSWORD NULL;",
      "ALTER ROLE ann PASSWORD '[redacted]';",
      "NO_XPASSWORD 'hunter2'",
      "XPASSWORD 'hunter2'",
      "UNIDENTIFIED BY 'hunter2'",
      "CREATED BY 'hunter2'",
      "['DB_PASSWORD', 'PORT']",
      "['PASSWORD', 'PORT']",
      "x = env['DB_PASSWORD'] + 'a'",
      "ON A CROSSWORD 'hunter2'",
      "PASSWORD, 'hunter2'",
      "PASSWORD                                 'hunter2'",
      "SWORD 'hunter2' BY 'ann'",
    ]),
  )("is not what else stands in quotes: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(["SW", "PASSW", "PASSWORD", "PASSWORD (", "IDENTIFIED BY", "BY 'a'", "SWORD 'a'"])(
    "is not there where there is only %s",
    (text) => {
      expect(recordedOf(text)).toBe(text);
    },
  );
});
