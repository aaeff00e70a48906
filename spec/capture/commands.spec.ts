import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redaction";
import { allMarked } from "./marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);

describe("a command", () => {
  it.each(
    allMarked([
      "mysqldump -u root -p«hunter2» app",
      "mariadb -p«hunter2» app",
      'redis-cli -a "«hun ter2»" ping',
      String.raw`{"cmd":"sshpass -p \"«hun ter2»\" ssh h"}`,
      'mysql -p"«hunter2»\nls',
      String.raw`mysql -p«hunter2»\nls`,
      "ls -a && mysql -p«hunter2»",
      "cd a\ndocker login -p «hunter2»",
      "podman login -p «hunter2» r.io",
      "helm registry login -p «hunter2» r.io",
      "az login -p «hunter2»",
      "oras login -p «hunter2» r.io",
      "ldapmodify -w «hunter2»",
      `mysql -p«hunter2» app\n${"Ordinary words. ".repeat(20)}`,
    ]),
  )("has its password masked: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each([
    "mysql -u root | grep -phunter2",
    "docker login; mkdir -p hunter2",
    "redis-cli ping && ls -a hunter2",
    "ldapsearch -x | head -w hunter2",
    "mysql -a hunter2",
    "mysql -p hunter2",
    "redis-cli -ahunter2",
    "redis-cli -p 6379 ping",
    "ldapsearch -p 389 -x",
    "redis-cli -a  ping",
    "mysql -p\nls",
    "(mysql -p[redacted])",
    "sshpass -p -e ssh",
    "sshpass -p <password> ssh",
    "run mysql -u\nmkdir -pnew",
    "mkdir -pnew # then mysql now",
    "mysql -p",
  ])("has none: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });
});
