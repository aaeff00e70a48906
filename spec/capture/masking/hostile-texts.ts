/** What tempts a scanner to look twice: beginnings without end, ends without beginning. */
// prettier-ignore
export const HOSTILE_UNITS: readonly string[] = [
  "a", " ", ":", "=", "-", "_", ".", "%3D", '"', "\\", '\\"', "sk-", "sk-sk-a", "-sk-aaaaaaa", "eyJ", "-eyJ",
  "eyJaaaaaaaa.", ".eyJaaaaaaaaaa", "eyJaaaaaaaa.eyJ", "ghp_", "ghp_aaaaaaaaaaaaaaaaaaa-", "github_pat_", "xoxb-",
  "AKIA", "AKIAFAKEFAKE", "AIza", "AIzaAIza-", "SKSK", "hooks.slack.com/services/", "-----BEGIN PRIVATE KEY-----",
  "-----BEGIN PRIVATE KEY-----a ", "-----BEGIN ", "-----BEGIN PRIVATE KEY", "-----END PRIVATE KEY-----", "Bearer ",
  "Bearer Bearer", "bearer aaaaaaaaaa ", "basic ", "basic aaaa", "Basic aaaaaaaa\n", "://", "a://a:", "a://b:c/",
  "a://@", "a://b:c?d", "a:b@", "password", "password:", "password=", "password: ", "password:\n", "password: a",
  "password: the ", "password=$password=", "password={", "password={{", "password=a,", "password=a;a", "password='",
  'password="a\n', 'password=\\"', 'password=\\\\\\"', "password=*", "password==", "password=x.y",
  "password=process.", "password=(", "password=f(", "the password a ", '"password"', '"password":', '"password":"',
  '"password":[', '"password":{', '"password":{}', '"password": [  ', '"password":1', '\\"password\\":\\"',
  "token: aaaa bbbb cccc ", "token: aaaa", "Token: a", "Cookie: ", "Cookie: a=", "Authorization: a ",
  "Authorization: Digest ", 'Authorization: Digest a="', "Authorization: Bearer the ", "--password ",
  "--password the ", "--password --", "<password>", "<password>a<", "<password></password>", "a_b_c-d.e", "key_",
  "api_key_", "[redacted]", "password: [redacted]", "password=[redacted", "\u00e9password: \u00e9", "\ud800",
  "1234567890:AA", " -p", " -pa ", "mysql -p", "mysql mysql -pa", "sshpass docker login -p a", ">", "<a ",
  "<password a>", "<password><![CDATA[", "<![CDATA[", 'name="password" value=', '"name":"password","value":"',
  "name: a value: ", "name name name value=", "PASSWORD '", "PASSWORD ''", "IDENTIFIED BY ", "IDENTIFIED BY '''",
  "https%3A%2F%2Fa%3A", "https%3A%2F%2Fa%40", "a:\\/\\/b:c", "a://b;c=", "**password**: ", "password:***",
  "password: Some(", 'password: Some("', "?code=", "&code=aaaaaaaaaaaaaaaaaaaaaaaaa", '"auth":"', '"auth":"YTpi',
  "LS0tLS1CRUdJTi", "-----END PRIVATE KEY-----a", "a\\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nA",
  "AKIAFAKEFAKEFAKE0000\n",
];

/** A quarter of a million characters, two million where there is time. */
const LENGTH = process.env.FUZZ_RUNS === undefined ? 250_000 : 2_000_000;

/** Much of it. */
export function muchOf(unit: string): string {
  return unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH);
}

/** Strings behind ever more backslashes, which never close. */
export function risingLevels(): string {
  const levels: string[] = [];
  for (let length = 0, level = 0; length < LENGTH; level++) {
    const part = `password=${"\\".repeat(level)}"a `;
    levels.push(part);
    length += part.length;
  }
  return levels.join("");
}
