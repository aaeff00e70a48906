/**
 * Credentials of the shapes that issuers use, put together at run time so that no scanner of repositories takes this
 * file for a leak. None was ever issued.
 */
const join = (...parts: string[]): string => parts.join("");
const letters = "FakeFakeFakeFakeFakeFakeFakeFakeFakeFakeFakeFakeFakeFake";
/** `length` letters and digits of no meaning. */
const body = (length: number): string => (`0${letters}`.repeat(4) + "1").slice(0, length);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const base64 = (value: string): string => Buffer.from(value).toString("base64");

export const openAiKey = join("s", "k-", body(48));
export const openAiProjectKey = join("s", "k-proj-", body(40), "_", body(20), "-", body(20));
export const openAiServiceKey = join("s", "k-svcacct-", body(40));
export const anthropicKey = join("s", "k-ant-", "api03-", body(60), "-", body(10), "AA");
export const openRouterKey = join("s", "k-or-v1-", body(40).toLowerCase());
export const awsKeyId = join("AK", "IA", "FAKEFAKEFAKE0000");
export const awsSessionKeyId = join("AS", "IA", "FAKEFAKEFAKE0000");
export const awsSecretKey = join("fake+Fake/", body(30));
export const githubToken = join("gh", "p_", body(36));
export const githubOAuthToken = join("gh", "o_", body(36));
export const githubUserToken = join("gh", "u_", body(36));
export const githubServerToken = join("gh", "s_", body(36));
export const githubRefreshToken = join("gh", "r_", body(36));
export const githubFineGrainedToken = join("github", "_pat_", body(22), "_", body(50));
export const gitlabToken = join("gl", "pat-", body(20));
export const gitlabJobToken = join("gl", "cbt-64_", body(20));
export const stripeOrganizationKey = join("s", "k_org_live_", body(40));
export const squareToken = join("sq", "0atp-", body(22));
export const googleClientSecret = join("GO", "CSPX-", body(28));
export const notionToken = join("nt", "n_", body(46));
export const planetScalePassword = join("ps", "cale_pw_", body(43));
export const pulumiToken = join("pu", "l-", "0123456789abcdef0123456789abcdef01234567");
export const postmanKey = join("PM", "AK-", body(24), "-", body(34));
export const brevoKey = join("xk", "eysib-", body(64), "-", body(16));
export const newRelicKey = join("NR", "AK-", body(27).toUpperCase());
export const dopplerToken = join("dp", ".pt.", body(43));
export const ageKey = join("AGE-", "SECRET-KEY-1", body(58).toUpperCase());
export const slackBotToken = join("xo", "xb-", "000000000000-000000000000-", body(24));
export const slackUserToken = join("xo", "xp-", "000000000000-000000000000-", body(24));
export const slackAppToken = join("xa", "pp-1-", body(10), "-000-", body(24));
export const slackWebhookPath = join("T0FAKE000/B0FAKE000/", body(24));
export const stripeKey = join("s", "k_live_", body(24));
export const stripeTestKey = join("s", "k_test_", body(24));
export const stripeRestrictedKey = join("r", "k_live_", body(24));
export const stripeWebhookSecret = join("wh", "sec_", body(32));
export const googleKey = join("AI", "za", body(35));
export const googleOAuthToken = join("ya", "29.", body(40));
export const npmToken = join("np", "m_", body(36));
export const huggingFaceToken = join("h", "f_", letters.slice(0, 34));
export const groqKey = join("gs", "k_", body(52));
export const sendGridKey = join("S", "G.", body(22), ".", body(43));
export const vaultToken = join("hv", "s.", body(24));
export const twilioKey = join("S", "K", "0123456789abcdef".repeat(2));
export const telegramToken = join("123456789", ":AA", body(33));
export const jwt = join(
  base64url({ alg: "HS256", typ: "JWT" }),
  ".",
  base64url({ sub: "fake", iat: 1 }),
  ".",
  body(43),
);
export const unsignedJwt = join(base64url({ alg: "none", typ: "JWT" }), ".", base64url({ sub: "fake" }), ".");
export const basic = base64("aladdin:opensesame");
export const basicKeyOnly = base64(`${stripeKey}:`);
export const basicUnicode = base64("jürgen:geheim");

const pem = (kind: string, newline: string): string =>
  [
    `-----BEGIN ${kind}-----`,
    ...Array.from({ length: 4 }, () => body(64)),
    `${body(30)}==`,
    `-----END ${kind}-----`,
  ].join(newline);
export const rsaPrivateKey = pem(join("RSA PRIV", "ATE KEY"), "\n");
export const pkcs8PrivateKey = pem(join("PRIV", "ATE KEY"), "\n");
export const openSshPrivateKey = pem(join("OPENSSH PRIV", "ATE KEY"), "\n");
export const escapedPrivateKey = pem(join("PRIV", "ATE KEY"), "\\n");
export const encodedPrivateKey = base64(pem(join("EC PRIV", "ATE KEY"), "\n"));
export const encodedCertificate = base64(pem("CERTIFICATE", "\n"));
export const encryptedPrivateKey = rsaPrivateKey.replace(
  "-----\n",
  "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F17F5316E2BAC89\n\n",
);
export const publicKey = pem("PUBLIC KEY", "\n");
export const certificate = pem("CERTIFICATE", "\n");
