import * as fake from "./fake-credentials";

/** What it is, the text, the same text as it may be recorded. */
export type Masked = readonly [what: string, text: string, recorded: string];

const M = "[redacted]";

/** Tokens that give themselves away, wherever they stand. */
const tokens: readonly Masked[] = (
  [
    ["an OpenAI key", fake.openAiKey],
    ["an OpenAI project key", fake.openAiProjectKey],
    ["an OpenAI service account's key", fake.openAiServiceKey],
    ["an Anthropic key", fake.anthropicKey],
    ["an OpenRouter key", fake.openRouterKey],
    ["an AWS key id", fake.awsKeyId],
    ["an AWS session's key id", fake.awsSessionKeyId],
    ["a GitHub personal token", fake.githubToken],
    ["a GitHub OAuth token", fake.githubOAuthToken],
    ["a GitHub user-to-server token", fake.githubUserToken],
    ["a GitHub server token", fake.githubServerToken],
    ["a GitHub refresh token", fake.githubRefreshToken],
    ["a GitHub fine-grained token", fake.githubFineGrainedToken],
    ["a GitLab token", fake.gitlabToken],
    ["a GitLab job's token", fake.gitlabJobToken],
    ["a Stripe organization's key", fake.stripeOrganizationKey],
    ["a Square token", fake.squareToken],
    ["a Google client secret", fake.googleClientSecret],
    ["a Notion token", fake.notionToken],
    ["a PlanetScale password", fake.planetScalePassword],
    ["a Pulumi token", fake.pulumiToken],
    ["a Postman key", fake.postmanKey],
    ["a Brevo key", fake.brevoKey],
    ["a New Relic key", fake.newRelicKey],
    ["a Doppler token", fake.dopplerToken],
    ["an age key", fake.ageKey],
    ["a private key in base64", fake.encodedPrivateKey],
    ["a private key with a pass phrase", fake.encryptedPrivateKey],
    ["a Slack bot token", fake.slackBotToken],
    ["a Slack user token", fake.slackUserToken],
    ["a Slack app token", fake.slackAppToken],
    ["a Stripe key", fake.stripeKey],
    ["a Stripe test key", fake.stripeTestKey],
    ["a Stripe restricted key", fake.stripeRestrictedKey],
    ["a Stripe webhook secret", fake.stripeWebhookSecret],
    ["a Google API key", fake.googleKey],
    ["a Google OAuth token", fake.googleOAuthToken],
    ["an npm token", fake.npmToken],
    ["a Hugging Face token", fake.huggingFaceToken],
    ["a Groq key", fake.groqKey],
    ["a SendGrid key", fake.sendGridKey],
    ["a Vault token", fake.vaultToken],
    ["a Twilio key", fake.twilioKey],
    ["a Telegram bot's token", fake.telegramToken],
    ["a JWT", fake.jwt],
    ["an unsigned JWT", fake.unsignedJwt.slice(0, -1)],
    ["an RSA private key", fake.rsaPrivateKey],
    ["a PKCS#8 private key", fake.pkcs8PrivateKey],
    ["an OpenSSH private key", fake.openSshPrivateKey],
    ["a private key on one line", fake.escapedPrivateKey],
  ] as const
).flatMap(([what, token]): Masked[] => [
  [what, token, M],
  [`${what} in a sentence`, `The key is ${token}, keep it.`, `The key is ${M}, keep it.`],
  [`${what} in quotes`, `{"note":"${token}"}`, `{"note":"${M}"}`],
  [`${what} behind an escaped line feed`, `line\\n${token}\\nline`, `line\\n${M}\\nline`],
  [`${what} in an escaped parameter`, `next=%2Fa%3Fid%3D${token}`, `next=%2Fa%3Fid%3D${M}`],
]);

const schemes: readonly Masked[] = [
  ["Bearer", "Authorization: Bearer abc.def-123", `Authorization: Bearer ${M}`],
  ["Bearer in lower case", "authorization: bearer abc123xyz", `authorization: bearer ${M}`],
  ["Bearer without a header", `curl -H 'X: Bearer ${fake.openAiKey}'`, `curl -H 'X: Bearer ${M}'`],
  ["Bearer at the end of a sentence", "It sent Bearer a1b2c3d4e5.", `It sent Bearer ${M}.`],
  ["Bearer with a JWT", `Bearer ${fake.jwt}`, `Bearer ${M}`],
  ["Bearer with words", "Bearer my-secret-token", `Bearer ${M}`],
  ["Bearer and a word as a header's value", "Bearer abcdef", `Bearer ${M}`],
  ["Bearer and a word in quotes", "{'X-Auth': 'Bearer swordfish'}", `{'X-Auth': 'Bearer ${M}'}`],
  ["Bearer in a URL", "h=Bearer%20abc123def", `h=Bearer%20${M}`],
  ["Bearer of letters in a header", "Authorization: Bearer abcdefgh", `Authorization: Bearer ${M}`],
  ["Basic", `Basic ${fake.basic}`, `Basic ${M}`],
  ["Basic with a key for a name", `basic ${fake.basicKeyOnly}`, `basic ${M}`],
  ["Basic with an umlaut", `BASIC ${fake.basicUnicode}`, `BASIC ${M}`],
  ["Basic in a header", `Proxy-Authorization: Basic ${fake.basic}`, `Proxy-Authorization: Basic ${M}`],
  ["token in a header", "Authorization: token abcdef12", `Authorization: token ${M}`],
  [
    "Digest",
    'Authorization: Digest username="Mufasa", realm="r", response="6629fae49393a05397450978507c4ef1"\nHost: x',
    `Authorization: Digest ${M}\nHost: x`,
  ],
  [
    "an AWS signature",
    `Authorization: AWS4-HMAC-SHA256 Credential=${fake.awsKeyId}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=fe5f80`,
    `Authorization: AWS4-HMAC-SHA256 ${M}`,
  ],
  ["a header in quotes", `-H "Authorization: Bearer abc123" -d x`, `-H "Authorization: Bearer ${M}" -d x`],
  ["Cookie", "Cookie: sid=abc; theme=dark\nHost: x", `Cookie: ${M}\nHost: x`],
  ["Set-Cookie", "Set-Cookie: sid=abc; Path=/; HttpOnly", `Set-Cookie: ${M}`],
  ["a cookie in quotes", "curl -H 'Cookie: sid=abc' https://x", `curl -H 'Cookie: ${M}' https://x`],
];

const urls: readonly Masked[] = [
  ["a URL's password", "https://user:pass@example.com/a", `https://${M}@example.com/a`],
  [
    "Postgres",
    "postgres://app:hunter2@db.internal:5432/app?sslmode=require",
    `postgres://${M}@db.internal:5432/app?sslmode=require`,
  ],
  ["Postgres with a scheme of two parts", "postgresql+asyncpg://app:x@db/app", `postgresql+asyncpg://${M}@db/app`],
  [
    "MongoDB",
    "mongodb+srv://app:p%40ss@cluster0.example.net/?retryWrites=true",
    `mongodb+srv://${M}@cluster0.example.net/?retryWrites=true`,
  ],
  ["Redis without a user", "redis://:hunter2@cache:6379/0", `redis://${M}@cache:6379/0`],
  ["AMQP", "amqps://guest:guest@mq:5671/vhost", `amqps://${M}@mq:5671/vhost`],
  ["MySQL through JDBC", "jdbc:mysql://root:toor@db/app", `jdbc:mysql://${M}@db/app`],
  ["a password with an @ in it", "https://user:p@ss@example.com", `https://${M}@example.com`],
  ["a password with a / in it", "postgres://user:p/ss@db/app", `postgres://${M}@db/app`],
  ["a token for a user", `https://${fake.githubToken}@github.com/a/b.git`, `https://${M}@github.com/a/b.git`],
  [
    "a token with a placeholder password",
    `https://${fake.githubToken}:x-oauth-basic@github.com`,
    `https://${M}@github.com`,
  ],
  ["two URLs", "a://b:c@d, e://f:g@h", `a://${M}@d, e://${M}@h`],
  ["a parameter", "https://x.io/v1?api_key=abc&page=2", `https://x.io/v1?api_key=${M}&page=2`],
  ["a second parameter", "/callback?page=2&access_token=abc#top", `/callback?page=2&access_token=${M}`],
  [
    "a signed URL",
    "https://x.blob.core.windows.net/c?sv=2024&sig=abc%2Fdef%3D",
    `https://x.blob.core.windows.net/c?sv=2024&sig=${M}`,
  ],
  [
    "an AWS signed URL",
    "https://b.s3.amazonaws.com/k?X-Amz-Signature=fe5f80&X=1",
    `https://b.s3.amazonaws.com/k?X-Amz-Signature=${M}&X=1`,
  ],
  [
    "a Slack webhook",
    `https://hooks.slack.com/services/${fake.slackWebhookPath}`,
    `https://hooks.slack.com/services/${M}`,
  ],
  [
    "a Slack webhook for the government",
    `https://hooks.slack-gov.com/services/${fake.slackWebhookPath}`,
    `https://hooks.slack-gov.com/services/${M}`,
  ],
  [
    "a Teams webhook",
    "https://acme.webhook.office.com/webhookb2/11111111-2222@66666666-7777/IncomingWebhook/0123456789abcdef/1111",
    `https://acme.webhook.office.com/webhookb2/${M}`,
  ],
  [
    "a Zapier webhook",
    "https://hooks.zapier.com/hooks/catch/123456/abc1234/",
    `https://hooks.zapier.com/hooks/catch/${M}`,
  ],
  [
    "SQL Server through JDBC",
    "jdbc:sqlserver://db:1433;databaseName=app;user=sa;password=P@ss w0rd;encrypt=true",
    `jdbc:sqlserver://db:1433;databaseName=app;user=sa;password=${M};encrypt=true`,
  ],
  ["a URL as PHP writes it in JSON", String.raw`"https:\/\/app:hunter2@db\/app"`, String.raw`"https:\/\/${M}@db\/app"`],
  [
    "a URL in a parameter",
    "redirect=https%3A%2F%2Fapp%3Ahunter2%40db.example%2Fapp&a=1",
    `redirect=https%3A%2F%2F${M}%40db.example%2Fapp&a=1`,
  ],
  [
    "the code of an authorization",
    "https://app.example/callback?code=4P7q7W91aB3dE5fG7hJ9kLmN0pQrS1tU&state=xyz",
    `https://app.example/callback?code=${M}&state=xyz`,
  ],
  [
    "the key of a function",
    "https://f.azurewebsites.net/api/x?code=FakeFakeFakeFakeFakeFakeFake1234==",
    `https://f.azurewebsites.net/api/x?code=${M}`,
  ],
  [
    "a signed URL of S3's second version",
    `https://b.s3.amazonaws.com/k?AWSAccessKeyId=${fake.awsKeyId}&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D&Expires=1`,
    `https://b.s3.amazonaws.com/k?AWSAccessKeyId=${M}&Signature=${M}&Expires=1`,
  ],
  [
    "a Discord webhook",
    "https://discord.com/api/webhooks/1234567890/FakeFake_Fake-Fake",
    `https://discord.com/api/webhooks/${M}`,
  ],
];

const pairs: readonly Masked[] = [
  ["password=", "password=hunter2", `password=${M}`],
  ["password:", "password: hunter2", `password: ${M}`],
  ["Password in a sentence", "My password: hunter2. Thanks!", `My password: ${M}. Thanks!`],
  ["a password with a comma in it", "password=a,b c", `password=${M} c`],
  ["passwd", "passwd=x1", `passwd=${M}`],
  ["pwd", "pwd: x1y2", `pwd: ${M}`],
  ["api_key", "api_key = abc123", `api_key = ${M}`],
  ["apiKey", "apiKey: 'abc123'", `apiKey: '${M}'`],
  ["API key in words", "API key: abc123", `API key: ${M}`],
  ["X-Api-Key", "X-Api-Key: abc123\nAccept: */*", `X-Api-Key: ${M}\nAccept: */*`],
  [
    "an environment file",
    "OPENAI_API_KEY=abc\nDB_PASSWORD=def\nDEBUG=1",
    `OPENAI_API_KEY=${M}\nDB_PASSWORD=${M}\nDEBUG=1`,
  ],
  ["an exported variable", 'export GITHUB_TOKEN="abc def"', `export GITHUB_TOKEN="${M}"`],
  ["client_secret", "client_id=app&client_secret=s3cr3t&grant_type=x", `client_id=app&client_secret=${M}&grant_type=x`],
  ["token", "token: tok_1a2b3c", `token: ${M}`],
  ["AWS's key id, written apart", "access_key_id=abc123def", `access_key_id=${M}`],
  ["a key of a version", "api_key_v2=abc1234", `api_key_v2=${M}`],
  ["a token of a version", "access-token-v1: abc1234", `access-token-v1: ${M}`],
  ["refresh_token", "refresh_token=1//abc", `refresh_token=${M}`],
  ["AWS's secret key by its name", `aws_secret_access_key = ${fake.awsSecretKey}`, `aws_secret_access_key = ${M}`],
  ["AWS's secret key in words", `AWS Secret Access Key: ${fake.awsSecretKey}`, `AWS Secret Access Key: ${M}`],
  ["AWS's secret key beside its id", `${fake.awsKeyId},${fake.awsSecretKey}`, M],
  [
    "AccountKey",
    `AccountName=a;AccountKey=${fake.awsSecretKey}==;EndpointSuffix=x`,
    `AccountName=a;AccountKey=${M};EndpointSuffix=x`,
  ],
  [
    "SharedAccessKey",
    "SharedAccessKeyName=Root;SharedAccessKey=abc=;EntityPath=q",
    `SharedAccessKeyName=Root;SharedAccessKey=${M};EntityPath=q`,
  ],
  [
    "a connection string",
    "Server=db;User Id=sa;Password=P@ss;w0rd!;Encrypt=yes",
    `Server=db;User Id=sa;Password=${M};Encrypt=yes`,
  ],
  ["a connection string's Pwd", "Driver={x};Uid=sa;Pwd=abc;", `Driver={x};Uid=sa;Pwd=${M};`],
  ["a flag", "login --user bob --password hunter2 --verbose", `login --user bob --password ${M} --verbose`],
  ["a flag with =", "run --api-key=abc", `run --api-key=${M}`],
  ["an element", "<user>bob</user><password>hunter2</password>", `<user>bob</user><password>${M}</password>`],
  ["an attribute", '<db user="bob" password="hunter2"/>', `<db user="bob" password="${M}"/>`],
  ["YAML", "db:\n  user: bob\n  password: hunter2\n", `db:\n  user: bob\n  password: ${M}\n`],
  ["INI", "[db]\npassword = hunter2\n", `[db]\npassword = ${M}\n`],
  ["an assignment in a program", 'const apiKey = "abc";', `const apiKey = "${M}";`],
  ["a comparison in a program", 'if (password === "hunter2")', `if (password === "${M}")`],
  ["a mapping in PHP", "'password' => 'hunter2',", `'password' => '${M}',`],
  ["a dictionary in Python", "{'user': 'bob', 'password': 'it\\'s'}", `{'user': 'bob', 'password': '${M}'}`],
  [
    "netrc's cousin in a log",
    'level=info msg=login password="a b" user=bob',
    `level=info msg=login password="${M}" user=bob`,
  ],
];

/** A name in one place, its value in another. */
const apart: readonly Masked[] = [
  ["a variable of a container", '{"name":"DB_PASSWORD","value":"hunter2"}', `{"name":"DB_PASSWORD","value":"${M}"}`],
  [
    "a header as tools export it",
    '{"key":"X-Api-Key","type":"text","value":"abc123"},{"key":"Accept","value":"a/b"}',
    `{"key":"X-Api-Key","type":"text","value":"${M}"},{"key":"Accept","value":"a/b"}`,
  ],
  [
    "a variable in a string of JSON",
    JSON.stringify({ a: '{"name":"API_KEY","value":"abc"}' }),
    JSON.stringify({ a: `{"name":"API_KEY","value":"${M}"}` }),
  ],
  [
    "a variable in a manifest",
    "env:\n  - name: DB_PASSWORD\n    value: hunter2\n  - name: PORT\n    value: 5432\n",
    `env:\n  - name: DB_PASSWORD\n    value: ${M}\n  - name: PORT\n    value: 5432\n`,
  ],
  [
    "a property of an application",
    '<property name="password" value="hunter2"/>',
    `<property name="password" value="${M}"/>`,
  ],
  ["a setting of an application", '<add key="ApiKey" value="abc123"/>', `<add key="ApiKey" value="${M}"/>`],
  [
    "a hidden field",
    '<input type="hidden" name="csrf_token" value="abc123">',
    `<input type="hidden" name="csrf_token" value="${M}">`,
  ],
  ["Docker's settings", `{"auths":{"r.io":{"auth":"${fake.basic}"}}}`, `{"auths":{"r.io":{"auth":"${M}"}}}`],
  [
    "an element with attributes",
    '<w:Password Type="Text">hunter2</w:Password>',
    `<w:Password Type="Text">${M}</w:Password>`,
  ],
  ["an element with space", "<password >hunter2</password>", `<password >${M}</password>`],
  ["a section of characters", "<password><![CDATA[hunter2]]></password>", `<password><![CDATA[${M}]]></password>`],
];

const commands: readonly Masked[] = [
  ["mysql", "mysql -u root -phunter2 app", `mysql -u root -p${M} app`],
  ["sshpass", "sshpass -p 'hunter2' ssh root@h", `sshpass -p '${M}' ssh root@h`],
  ["docker login", "docker login -u bob -p hunter2 r.io", `docker login -u bob -p ${M} r.io`],
  ["redis-cli", "redis-cli -h h -a hunter2 ping", `redis-cli -h h -a ${M} ping`],
  ["ldapsearch", "ldapsearch -x -D cn=admin -w hunter2 -b dc=x", `ldapsearch -x -D cn=admin -w ${M} -b dc=x`],
  ["SQL", "CREATE USER bob WITH PASSWORD 'hun''ter2' VALID;", `CREATE USER bob WITH PASSWORD '${M}' VALID;`],
  ["MySQL's SQL", "CREATE USER 'a'@'b' IDENTIFIED BY 'hunter2';", `CREATE USER 'a'@'b' IDENTIFIED BY '${M}';`],
  [
    "a flag in a string of JSON",
    String.raw`{"cmd":"run --password \"hun ter2\" -v"}`,
    `{"cmd":"run --password \\"${M}\\" -v"}`,
  ],
  ["Markdown", "**Password:** hunter2", `**Password:** ${M}`],
  ["Markdown in a list", "- **API Key**: abc123def456", `- **API Key**: ${M}`],
  [
    "a variable as Rust shows it",
    'Config { password: Some("hunter2"), host: "x" }',
    `Config { password: Some("${M}"), host: "x" }`,
  ],
  ["a secret as Python shows it", "api_key=SecretStr('abc123')", `api_key=SecretStr('${M}')`],
  ["the base of Rails' keys", "secret_key_base: 0123456789abcdef", `secret_key_base: ${M}`],
  ["a digest of a password", 'PasswordDigest="quR/EWLAV4x="', `PasswordDigest="${M}"`],
];

const parts: readonly Masked[] = [
  ["a private key cut off in its first line", fake.rsaPrivateKey.slice(0, 45), M],
  ["a private key with a pass phrase, cut off", fake.encryptedPrivateKey.slice(0, 190), M],
  ["the end of a private key", `x ${fake.rsaPrivateKey.slice(90)} y`, `x ${M} y`],
  ["the end of a private key on one line", `x ${fake.escapedPrivateKey.slice(90)} y`, `x ${M} y`],
  ["AWS's secret key in the line after its id", `${fake.awsKeyId}\n${fake.awsSecretKey}`, M],
  ["AWS's secret key beside its id in quotes", `"${fake.awsKeyId}", "${fake.awsSecretKey}"`, `"${M}"`],
  ["a private key that was cut off", `Key:\n${fake.rsaPrivateKey.slice(0, 120)}`, `Key:\n${M}`],
  ["a private key before another one", `${fake.rsaPrivateKey.slice(0, 120)}\n${fake.pkcs8PrivateKey}`, `${M}${M}`],
  ["a private key in JSON", JSON.stringify({ a: fake.pkcs8PrivateKey, b: 1 }), `{"a":"${M}","b":1}`],
];

const json: readonly Masked[] = [
  ["a key", '{"user":"bob","password":"hunter2"}', `{"user":"bob","password":"${M}"}`],
  ["a key with space around", '{ "api_key" : "abc" }', `{ "api_key" : "${M}" }`],
  ["a value with a quote in it", '{"password":"hun\\"ter2","a":1}', `{"password":"${M}","a":1}`],
  ["a value that ends in a backslash", '{"password":"hunter2\\\\","a":1}', `{"password":"${M}","a":1}`],
  ["a number", '{"password":1234,"a":1}', `{"password":"${M}","a":1}`],
  [
    "JSON in a string of JSON",
    '{"body":"{\\"password\\":\\"hunter2\\",\\"a\\":1}"}',
    `{"body":"{\\"password\\":\\"${M}\\",\\"a\\":1}"}`,
  ],
  [
    "JSON in a string in a string",
    JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: 'x"y\\' }) }) }),
    JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: M }) }) }),
  ],
  [
    "a number in a string of JSON",
    JSON.stringify({ a: '{"password":42}' }),
    JSON.stringify({ a: `{"password":"${M}"}` }),
  ],
  ["a name with space around it", '{" password ":"hunter2"}', `{" password ":"${M}"}`],
  ["a name of words", '{"Your API key":"abc"}', `{"Your API key":"${M}"}`],
  ["a value of one sign", '{"password":"!"}', `{"password":"${M}"}`],
  ["what was cut off", '{"a":1,"password":"hunt', `{"a":1,"password":"${M}`],
  [
    "tool arguments",
    '{"url":"https://u:p@h","headers":{"X-Api-Key":"k"}}',
    `{"url":"https://${M}@h","headers":{"X-Api-Key":"${M}"}}`,
  ],
  [
    "an error's message",
    `401 Incorrect API key provided: ${fake.openAiKey}. See`,
    `401 Incorrect API key provided: ${M}. See`,
  ],
];

export const MUST_MASK: readonly Masked[] = [
  ...tokens,
  ...schemes,
  ...urls,
  ...pairs,
  ...apart,
  ...commands,
  ...parts,
  ...json,
];

/**
 * Entries of earlier versions of this list that contradict the rule of strong and weak names, and what holds for them now:
 * the text is kept.
 */
export const CHANGED_SIDES: readonly (readonly [reason: string, text: string])[] = [
  ["an ordinary word behind a strong name in running text", "password: swordfish"],
  ["ordinary words behind a strong name in running text", "passphrase: correct horse battery staple"],
  ["an ordinary word behind a strong name in running text", "Access token: abcdef"],
  ["a weak name, and a value too short to look like a secret", "secret: hunter2"],
  ["a weak name, and a word", "name: app\nsecret: swordfish\nport: 80"],
  ["a weak name, and a word", "to=%2Fcb%3Ftoken%3Dabc%26page%3D2"],
  ["a weak name, and words inside", '{"credentials":{"user":"bob","code":"}"},"a":1}'],
  ["a weak name, and letters inside", '{"tokens":1,"secrets":["a","b]"],"a":1}'],
  ["a weak name, and a word", '{\n  "token":\n    "abc",\n  "a": 1\n}'],
  ["a weak name, and letters inside", JSON.stringify({ a: '{"secret":{"b":"c"},"d":1}' })],
  ["not among headers, and without the form of a credential", "Authorization: abcdef12"],
  ["not among headers, and without the form of a credential", 'headers["authorization"] = "abc"'],
  ["not among headers, and without the form of a credential", '{"AUTHORIZATION":"x"}'],
];
