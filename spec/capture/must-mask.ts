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
  ["a bare value in a header", "Authorization: abcdef12", `Authorization: ${M}`],
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
  ["an escaped parameter", "to=%2Fcb%3Ftoken%3Dabc%26page%3D2", `to=%2Fcb%3Ftoken%3D${M}%26page%3D2`],
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
    "a Discord webhook",
    "https://discord.com/api/webhooks/1234567890/FakeFake_Fake-Fake",
    `https://discord.com/api/webhooks/${M}`,
  ],
];

const pairs: readonly Masked[] = [
  ["password=", "password=hunter2", `password=${M}`],
  ["password:", "password: hunter2", `password: ${M}`],
  ["Password in a sentence", "My password: hunter2. Thanks!", `My password: ${M}. Thanks!`],
  ["a pass phrase", "passphrase: correct horse battery staple", `passphrase: ${M}`],
  ["a password of letters", "password: swordfish", `password: ${M}`],
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
  ["secret", "secret: hunter2", `secret: ${M}`],
  ["secret in a file of settings", "name: app\nsecret: swordfish\nport: 80", `name: app\nsecret: ${M}\nport: 80`],
  ["token", "token: tok_1a2b3c", `token: ${M}`],
  ["access token in words", "Access token: abcdef", `Access token: ${M}`],
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
  ["an index in a program", `headers["authorization"] = "abc"`, `headers["authorization"] = "${M}"`],
  ["a dictionary in Python", "{'user': 'bob', 'password': 'it\\'s'}", `{'user': 'bob', 'password': '${M}'}`],
  [
    "netrc's cousin in a log",
    'level=info msg=login password="a b" user=bob',
    `level=info msg=login password="${M}" user=bob`,
  ],
];

const parts: readonly Masked[] = [
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
  ["an object", '{"credentials":{"user":"bob","code":"}"},"a":1}', `{"credentials":"${M}","a":1}`],
  ["an array", '{"tokens":1,"secrets":["a","b]"],"a":1}', `{"tokens":1,"secrets":"${M}","a":1}`],
  ["over lines", '{\n  "token":\n    "abc",\n  "a": 1\n}', `{\n  "token":\n    "${M}",\n  "a": 1\n}`],
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
    "an object in a string of JSON",
    JSON.stringify({ a: '{"secret":{"b":"c"},"d":1}' }),
    JSON.stringify({ a: `{"secret":"${M}","d":1}` }),
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
  [
    "a header's name in another case",
    '{"AUTHORIZATION":"x","Cookie":"a=b"}',
    `{"AUTHORIZATION":"${M}","Cookie":"${M}"}`,
  ],
];

export const MUST_MASK: readonly Masked[] = [...tokens, ...schemes, ...urls, ...pairs, ...parts, ...json];
