import type { FieldKind } from "./secret-values.js";

/** A rule for the values of fields: what kind of value is masked under which names. */
export interface FieldRule {
  readonly id: string;
  readonly what: string;
  readonly kind: FieldKind;
  /** The last words of the names, run together, in lower case. */
  readonly names: readonly string[];
  readonly masked: string;
  readonly kept: string;
}

type FieldRow = readonly [id: string, what: string, kind: FieldKind, names: string, masked: string, kept: string];

/** Names as members of objects, headers, parameters, variables and in texts have them; the examples are JSON. */
// prettier-ignore
const ROWS: readonly FieldRow[] = [
  ["password", "password, pass phrase, pass code, in several languages", "any", "password passwd passphrase passcode userpass dbpass databasepass smtppass mysqlpass pgpass postgrespass redispass mongopass ftppass adminpass rootpass authpass emailpass mailpass proxypass loginpass storepass keypass sshpass passwort kennwort contraseña contrasena senha motdepasse wachtwoord lösenord losenord passord adgangskode salasana hasło haslo heslo parola şifre sifre jelszó jelszo пароль", '{"userPassword":"hunter2"}', '{"password_min_length":12}'],
  ["pwd", "pwd, unless it is a folder", "path", "pwd", '{"pwd":"hunter2"}', '{"PWD":"/home/user"}'],
  ["api-key", "API key, token or secret", "any", "apikey apitoken apisecret apikeysecret apipassword appkey applicationkey consumerkey subscriptionkey functionskey functionkey xhoneycombteam", '{"xApiKey":"abc"}', '{"api_keys_allowed":3}'],
  ["client-secret", "secret of a client, an application, a signature", "any", "clientsecret appsecret applicationsecret consumersecret sharedsecret signingsecret webhooksecret jwtsecret sessionsecret cookiesecret oauthsecret secretaccesskey secretkey accesskey accesskeyid secretkeybase accountkey sharedaccesskey sharedaccesssignature storagekey totpsecret otpsecret", '{"client_secret":"abc"}', '{"client_secret_expires_at":0}'],
  ["private-key", "private and symmetric key", "any", "privatekey signingkey encryptionkey decryptionkey masterkey hmackey aeskey rsakey sshkey deploykey authkey servicekey serviceaccountkey presharedkey", '{"privateKey":"abc"}', '{"private_key":null}'],
  ["access-token", "token of an access, a session, a form", "any", "accesstoken refreshtoken authtoken authorizationtoken idtoken sessiontoken bearertoken bottoken usertoken csrftoken csrfmiddlewaretoken xsrftoken oauthtoken securitytoken personalaccesstoken deploytoken registrationtoken resettoken magiclinktoken vaulttoken authorizationcode", '{"ACCESS_TOKEN_2":"abc"}', '{"access_token_ttl":60}'],
  ["vendor-key", "key of a known service", "any", "openaikey anthropickey azurekey awskey geminikey groqkey mistralkey coherekey togetherkey stripekey githubkey githubtoken gitlabtoken npmtoken slacktoken sendgridkey twiliokey respankey", '{"OPENAI_KEY":"abc"}', '{"openai_key_name":"ci"}'],
  ["token", "token, secret or credential that looks like one", "mixed", "token tokens secret secrets credential credentials cred creds pass pw jwt bearer csrf xsrf sessionid sessid sid pin otp passkey", '{"token":"tok_1a2b3c4d5e"}', '{"token":"USDC"}'],
  ["key", "key that looks like one", "long", "key keys license licensekey seed mnemonic signature auth session", '{"key":"[a:32]7x7y"}', '{"key":"C# minor"}'],
  ["authorization", "value of an Authorization header", "authorization", "authorization proxyauthorization", '{"authorization":"Token [a:32]7x7y"}', '{"authorization":"approved"}'],
  ["cookie", "value of a Cookie header", "cookie", "cookie setcookie cookies", '{"cookie":"sid=abc123"}', '{"cookies":"oatmeal"}'],
  ["login", "user and password in base64", "login", "auth", '{"auth":"YWxhZGRpbjpvcGVuc2VzYW1l"}', '{"auth":"oauth2"}'],
];

export const FIELD_RULES: readonly FieldRule[] = ROWS.map(([id, what, kind, names, masked, kept]) => ({
  id,
  what,
  kind,
  names: names.split(" "),
  masked,
  kept,
}));
