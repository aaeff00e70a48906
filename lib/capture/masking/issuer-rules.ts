import type { RuleRow } from "./rule.js";

/** A rule for issuers whose tokens are a prefix and letters and digits that look random; `issuers` tells which is whose. */
function prefixes(id: string, what: string, kept: string, issuers: string): RuleRow {
  const list = issuers.split(/,? /).filter((word) => /[-_]$/.test(word));
  const pattern = new RegExp(`(?:${list.join("|")})[\\w-]{14,48}`);
  return [id, `${what}: ${issuers}`, list.join(" "), pattern, `${list[0]}[a:32]`, kept, "random"];
}

/**
 * Tokens that their issuers made recognizable: id, what it is, keywords, pattern, an example that is masked and one that
 * is kept. In the examples `[a:20]` stands for 20 letters and digits (h, H: hexadecimal, l: lower case, u: base32,
 * d: digits), so that no token stands in this file. The character before a match is never a letter or a digit, and a
 * match takes in the letters, digits, `_` and `-` that follow it.
 */
// prettier-ignore
export const ISSUER_RULES: readonly RuleRow[] = [
  // Models and agents
  prefixes("model-key", "key of a model, an agent, a search", "gsk_token_count",
    "Groq gsk_, xAI xai-, Perplexity pplx-, Together tgp_v1_, Cerebras csk-, Anyscale " +
    "esecret_, NVIDIA nvapi-, Pinecone pcsk_, Tavily tvly-, LangSmith lsv2_pt_ lsv2_sk_, Jina jina_, LlamaCloud llx-, " +
    "Cartesia sk_car_, E2B e2b_, Browserbase bb_live_, Friendli flp_, Weights & Biases wandb_v1_, Composio uak_, " +
    "RunPod rpa_, Apify apify_api_, OpenPipe opk_, Val Town vtwn_, HeyGen sk_V2_, FastGPT fastgpt-, Context7 ctx7sk-, " +
    "Cursor crsr_, Sourcegraph Amp sgamp_, Hugging Face hf_ api_org_, Replicate r8_, Fireworks fw_"),
  ["sk-issuer-key", "key of OpenAI, Anthropic, OpenRouter, Langfuse, Helicone", "sk-proj- sk-svcacct- sk-admin- sk-None- sk-ant- sk-or- sk-lf- sk-helicone-", /sk-(?:proj|svcacct|admin|None|ant|or|lf|helicone)-[\w-]{6,512}/, "sk-proj-[a:20]_[a:40]T3BlbkFJ[a:40]", "sk-ant- begins Anthropic's keys"],
  ["openai-session", "OpenAI session", "sess-", /sess-[A-Za-z0-9]{40}/, "sess-[a:40]", "sess-2024"],
  ["sk-key", "key of the many who follow OpenAI (DeepSeek, Moonshot, Stability, LiteLLM, …)", "sk-", /sk-(?:[a-z]{2,8}-)?(?=[A-Za-z]{0,128}\d)[A-Za-z0-9]{15,128}/, "sk-[a:48]", "sk-learn and sk-image-2024-final"],
  ["coze-token", "Coze token", "pat_", /pat_[A-Za-z0-9]{60,70}/, "pat_[a:64]", "pat_name"],
  ["baidu-key", "Baidu Qianfan key", "bce-v3/ALTAK-", /bce-v3\/ALTAK-[A-Za-z0-9]{16,32}\/[a-f0-9]{40}/, "bce-v3/ALTAK-[a:21]/[h:40]", "bce-v3/ALTAK-"],
  // Clouds
  prefixes("cloud-token", "token of a cloud", "vcp_status",
    "Google GOCSPX-, DigitalOcean dop_v1_ doo_v1_ dor_v1_, Heroku HRKU-, Vercel vcp_ vci_ vca_ vcr_ vck_, Vercel Blob " +
    "vercel_blob_rw_, Scalingo tk-us-, Netlify nfp_ nfc_ nfo_ nfu_ nfb_, Render rnd_, UpCloud ucat_, Akamai akab-"),
  ["aws-key-id", "AWS key id, with the secret key beside it", "AKIA ASIA ABIA ACCA A3T", /(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])(?:(?:[, \t\r\n:;|/"'\\]{1,6}[nrt]?)(?<=[\s,:;|/"'\\]|\\[nrt])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=]))?/, "AKIA[u:16]", "AKIA is how key ids begin"],
  ["aws-bedrock-key", "AWS Bedrock key", "ABSK bedrock-api-key-", /(?:ABSK[A-Za-z0-9+/]{40,280}={0,2}|bedrock-api-key-[A-Za-z0-9+/=]{40,2000})/, "ABSK[b64of:40:BedrockAPIKey-abcd-at-123456789012:]", "bedrock-api-key-rotation"],
  ["google-api-key", "Google API key", "AIza", /AIza[\w-]{30,45}/, "AIzaSy[a:33]", "AIzawa is a name"],
  ["google-oauth", "Google OAuth access and refresh token", "ya29. 1//0", /(?:ya29\.[\w-]{10,1024}(?:\.[\w-]{1,512})?|1\/\/0[\w-]{30,200})/, "ya29.[a:60]", "ya29.x"],
  ["gemini-key", "Gemini key, newer form", "AQ.", /AQ\.[A-Z][\w-]{36,90}/, "AQ.Ab8R[a:46]", "AQ.com"],
  ["azure-openai-key", "Azure AI key of 84 characters", "JQQJ99", /(?<=(?<before>[A-Za-z0-9]{52}))JQQJ99[A-Za-z0-9]{26}/, "[a:52]JQQJ99[a:8]ACYeBjFXJ3w3AAABACOG[a:4]", "JQQJ99 marks it"],
  ["azure-devops-token", "Azure DevOps token", "AZDO", /(?<=(?<before>[A-Za-z0-9]{76}))AZDO[A-Za-z0-9]{4}/, "[a:76]AZDO[a:4]", "AZDO pipeline"],
  ["azure-service-key", "key of Azure Storage, Cosmos DB, Batch, Service Bus, Event Hubs, Search, Functions, Container Registry", "+ASt +AMC +ABa +ASb +AEh +ARm ACDb AzSe AzFu +ACR", /(?<=(?<before>[A-Za-z0-9+/]{33,76}))(?:\+(?:ASt|AMC|ABa|ASb|AEh|ARm|ACR)|ACDb|AzSe|AzFu)[A-Za-z0-9+/]{5,8}={0,2}(?![A-Za-z0-9+/=])/, "[a:76]+ASt[a:5]Q==", "x +ASt y"],
  ["azure-client-secret", "Azure client secret", "7Q~ 8Q~ 6Q~ 5Q~", /(?<=(?<before>[\w~.-]{3}))\dQ~[\w~.-]{31,40}/, "[a:3]8Q~[a:34]", "8Q~ marks one"],
  ["yandex-key", "Yandex key and token", "AQVN YCAJ y0_Ag t1.9", /(?:AQVN[\w-]{34,40}|YCAJ[\w-]{20,24}|y0_Ag[\w-]{50,80}|t1\.9[\w-]{20,512}\.[\w-]{60,100})/, "AQVN[a:36]", "AQVN prefix"],
  ["fly-token", "Fly.io token", "FlyV1 fm1r_ fm1a_ fm2_ fo1_", /(?:FlyV1 )?(?:fm1[ar]|fm2|fo1)_[\w+/=,:-]{36,4096}/, "FlyV1 fm2_[a:120]", "FlyV1 is the scheme"],
  ["cloudflare-token", "Cloudflare token and origin key", "v1.0- cfut_ cfat_ cfk_", /(?:v1\.0-[a-f0-9]{24}-[a-f0-9]{100,150}|cf(?:ut|at|k)_[A-Za-z0-9]{36,64})/, "cfut_[a:48]", "v1.0-beta"],
  ["openshift-token", "OpenShift token", "sha256~", /sha256~[\w-]{40,48}/, "sha256~[a:43]", "sha256~ is the prefix"],
  ["railway-token", "Railway token", "rw_Fe26.", /rw_Fe26\.[\w*~.-]{40,1024}/, "rw_Fe26.2**[h:64]", "rw_Fe26."],
  // Code and delivery
  prefixes("delivery-token", "token of a registry, a build, a tool", "npm_lifecycle_event",
    "npm npm_, PyPI pypi-, RubyGems rubygems_, Hex hexpm_, Packagist packagist_, Docker Hub dckr_pat_ dckr_oat_, " +
    "SonarQube squ_ sqp_ sqa_, Buildkite bkua_ bkaj_ bkct_ bkpt_ bkap_, CircleCI CCIPAT_ CCIPRJ_, Postman PMAK- " +
    "PMAT-, ReadMe rdme_, Semgrep semgrep_, Kong kpat_ spat_, Gitpod gitpod_pat_, Permit.io permit_key_, Zuplo zpka_, " +
    "Outline ol_api_, Dub dub_, Retool retool_, Sourcegraph sgp_ slk_, Clojars CLOJARS_, Chromatic chpt_, Ory " +
    "ory_at_ ory_rt_ ory_pat_ ory_st_ ory_ac_ ory_apikey_, Prefect pnu_ pnb_"),
  ["github-token", "GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", /gh[pousr]_[A-Za-z0-9]{20,255}/, "ghp_[a:36]", "ghp_ marks GitHub tokens"],
  ["github-fine-grained", "GitHub fine-grained token", "github_pat_", /github_pat_\w{16,255}/, "github_pat_[a:22]_[a:59]", "github_pat_ marks one"],
  ["gitlab-token", "GitLab token", "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glsoat- glagent- glimt- gloas- glffct- glwt-", /gl(?:pat|dt|rtr?|cbt|ptt|ft|soat|agent|imt|oas|ffct|wt)-[\w-]{16,300}(?:\.[\w-]{2,64}){0,3}/, "glpat-[a:20]", "glpat- marks GitLab tokens"],
  ["gitlab-runner", "GitLab runner registration token", "GR1348941", /GR1348941[\w-]{20,50}/, "GR1348941[a:20]", "GR1348941"],
  ["atlassian-token", "Atlassian and Bitbucket token", "ATATT3 ATCTT3 ATBB ATTA", /(?:AT[AC]TT3[\w=-]{60,300}|ATBB[A-Za-z0-9]{28,36}|ATTA[a-f0-9]{60,76})/, "ATATT3[a:186]", "ATBB prefix"],
  ["jetbrains-token", "JetBrains token", "perm: perm-", /perm[:-][A-Za-z0-9+/=]{4,64}\.[A-Za-z0-9+/=]{4,64}\.[A-Za-z0-9]{20,64}/, "perm:[a:12].[a:12].[a:30]", "perm: admin"],
  ["terraform-token", "Terraform Cloud token", ".atlasv1.", /(?<=(?<before>[A-Za-z0-9]{14}))\.atlasv1\.[\w-]{60,90}/, "[a:14].atlasv1.[a:67]", "x.atlasv1.y"],
  ["scalr-token", "Scalr token", "at-", /at-[a-z0-9]{60,90}/, "at-[l:64]", "at-risk"],
  ["snyk-token", "Snyk token", "snyk_", /snyk_(?:uat|sat)\.[\w.-]{20,120}/, "snyk_uat.[h:8].[a:60]", "snyk_test"],
  ["apollo-key", "Apollo GraphOS key", "service:", /service:[\w-]{1,64}:[\w-]{22}(?![\w-])/, "service:shop-graph:[a:22]", "service: open"],
  ["intra42-secret", "42 API secret", "s-s4t2", /s-s4t2(?:ud|af)-[a-f0-9]{64}/, "s-s4t2ud-[h:64]", "s-s4t2ud"],
  ["maxmind-key", "MaxMind license key", "_mmk", /(?<=(?<before>[A-Za-z0-9]{6}_[A-Za-z0-9]{29}))_mmk/, "[a:6]_[a:29]_mmk", "a_mmk"],
  // Secrets, databases, queues
  prefixes("data-key", "key of a database, a queue, a network", "napi_create_string_utf8",
    "Supabase sbp_ sb_secret_, Neon napi_, MongoDB Atlas mdb_sa_sk_, CockroachDB CCDB1_, Aiven aivenv1_, Xata xau_, " +
    "dbt dbtc_ dbtu_, Trigger.dev tr_dev_ tr_prod_ tr_pat_ tr_stg_, Inngest signkey-, Tailscale tskey-, Materialize " +
    "mzp_, WarpStream aks_, PlanetScale pscale_tkn_ pscale_pw_ pscale_oauth_, Defined Networking dnkey-"),
  ["vault-token", "HashiCorp Vault token", "hvs. hvb. hvr.", /hv[sbr]\.[\w-]{16,300}/, "hvs.CAES[a:90]", "hvs.docs"],
  ["doppler-token", "Doppler token", "dp.pt. dp.ct. dp.sa. dp.st. dp.scim. dp.audit.", /dp\.(?:pt|ct|sa|st|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{36,48}/, "dp.pt.[a:43]", "dp.pt.docs"],
  ["onepassword-token", "1Password secret key and service account", "ops_eyJ A3-", /(?:ops_eyJ[A-Za-z0-9+/=_-]{100,2000}|A3-[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3})/, "A3-[u:6]-[u:11]-[u:5]-[u:5]-[u:5]", "A3-sized"],
  ["infisical-token", "Infisical token", "st.", /st\.[a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32}/, "st.[h:24].[h:32].[h:32]", "st. petersburg"],
  ["clickhouse-secret", "ClickHouse Cloud secret", "4b1d", /4b1d[A-Za-z0-9]{38}(?![\w-])/, "4b1d[a:38]", "4b1d"],
  ["astra-token", "DataStax Astra token", "AstraCS:", /AstraCS:[A-Za-z0-9]{20,28}:[a-f0-9]{64}/, "AstraCS:[a:24]:[h:64]", "AstraCS: docs"],
  ["ngrok-key", "ngrok key", "ak_2 cr_2", /(?:ak|cr)_2[A-Za-z0-9]{26}(?:_[A-Za-z0-9]{20,24})?(?![\w-])/, "ak_2[a:26]", "ak_2"],
  ["tinybird-token", "Tinybird token", "p.eyJ", /p\.eyJ[\w-]{20,300}(?:\.[\w-]{20,64})?/, "p.eyJ[a:60].[a:43]", "p.eyJ"],
  // Messages and mail
  prefixes("message-token", "token of a mail or message service", "cal_live_sync",
    "Brevo xkeysib- xsmtpsib-, Nylas nyk_v0_, Cal.com cal_live_ cal_test_, OneSignal os_v2_, Liveblocks sk_prod_ " +
    "sk_dev_"),
  ["slack-token", "Slack token", "xoxa- xoxb- xoxc- xoxd- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp- xwfp-", /(?:xox[a-eoprs][-.](?:xox[bp]-)?|xapp-|xwfp-)[\w%+/=-]{10,512}/, "xoxb-[d:12]-[d:13]-[a:24]", "xoxb- tokens belong to bots"],
  ["discord-token", "Discord bot token", "MTA MTE MTI MTM MTQ MTU MTY MTc MTg MTk MjA MjE MjI MjM MjQ MjU MjY Mjc Mjg Mjk NDA NDE NDI NDM NDQ NDU NDY NDc NDg NDk NTA NTE NTI NTM NTQ NTU NTY NTc NTg NTk NjA NjE NjI NjM NjQ NjU NjY Njc Njg Njk NzA NzE NzI NzM NzQ NzU NzY Nzc Nzg Nzk ODA ODE ODI ODM ODQ ODU ODY ODc ODg ODk OTA OTE OTI OTM OTQ OTU OTY OTc OTg OTk", /[MNO][A-Za-z0-9]{22,27}\.[\w-]{6}\.[\w-]{27,40}/, "MTA[a:21].[a:6].[a:38]", "Monday.morning.meeting"],
  ["telegram-token", "Telegram bot token", ":AA", /(?<=(?<before>(?<!\d)\d{8,10})):AA[\w-]{32,34}/, "1[d:9]:AA[a:33]", "from 12:AA to 13:BB"],
  ["sendgrid-key", "SendGrid key", "SG.", /SG\.[\w-]{16,32}\.[\w-]{16,64}/, "SG.[a:22].[a:43]", "SG.com is a domain"],
  ["mailchimp-key", "Mailchimp key", "-us", /(?<=(?<before>[0-9a-f]{32}))-us\d{1,2}(?![\w-])/, "[h:32]-us21", "eu-us21"],
  ["resend-key", "Resend key", "re_", /re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,32}/, "re_[a:8]_[a:24]", "re_exported_from_index"],
  ["twitch-token", "Twitch token", "oauth:", /oauth:[a-z0-9]{30}(?![\w-])/, "oauth:[l:30]", "oauth: none"],
  ["close-key", "Close key", "api_", /api_[A-Za-z0-9]{20,24}\.[A-Za-z0-9]{20,24}/, "api_[a:22].[a:22]", "api_org_chart_template_for_small_companies.docx"],
  ["intercom-token", "Intercom token", "dG9rO", /dG9rO[A-Za-z0-9+/=]{50,70}/, "dG9rO[a:55]", "dG9rO"],
  // Payments and shops
  prefixes("payment-key", "key of a payment or shop service", "shpat_docs",
    "Shopify shpat_ shpss_ shpca_ shppa_ shpit_ shpua_ shptka_, Shippo shippo_, Paddle pdl_, Polar polar_, Alchemy " +
    "alch_ alcht_, Razorpay rzp_live_ rzp_test_, Duffel duffel_live_ duffel_test_, " +
    "Flutterwave FLWSECK- FLWSECK_TEST-"),
  ["stripe-key", "Stripe and Clerk key", "sk_live_ sk_test_ rk_live_ rk_test_ sk_org_", /[sr]k_(?:org_)?(?:live|test)_[A-Za-z0-9]{8,247}/, "sk_live_51[a:96]", "sk_test_mode"],
  ["stripe-webhook", "webhook signing secret of Stripe, Svix and others", "whsec_", /whsec_[A-Za-z0-9+/=_-]{16,128}/, "whsec_[a:32]", "whsec_"],
  ["square-token", "Square token", "sq0atp- sq0csp- sq0idp- EAAA", /(?:sq0[a-z]{3}-[\w-]{20,60}|EAAA[\w-]{56,80})/, "sq0csp-[a:43]", "sq0"],
  ["facebook-token", "Facebook and Instagram token", "EAA IGQ", /(?:EAA|IGQ)[A-Za-z0-9]{80,400}/, "EAACEdEose0cBA[a:150]", "EAA"],
  ["paypal-token", "PayPal token", "access_token$", /access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}/, "access_token$production$[l:16]$[h:32]", "access_token$"],
  ["adyen-key", "Adyen key", "AQE", /AQE[A-Za-z0-9]{1,4}[\w+/=.^*-]{80,300}/, "AQEyhmfx[a:100]", "AQE"],
  ["mollie-key", "key of Mollie, GoCardless, Lob and Airwallex", "live_ test_", /(?:live|test)_(?:pub_)?(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{29,64}/, "live_[a:30]7", "live_stream_key_rotation_guide"],
  // Watching and measuring
  prefixes("monitoring-key", "key of a monitoring service", "hxtp_docs",
    "New Relic NRAK- NRII- NRRA- NRJS- NRIQ-, Honeycomb hcaik_ hcbik_ hcaic_ hcxik_, PostHog phx_ phs_, Axiom xaat- " +
    "xapt-, Hex hxtp_ hxtw_, Logfire pylf_v1_"),
  ["grafana-token", "Grafana token", "glsa_ glc_ eyJrIjoi", /(?:glsa_[A-Za-z0-9]{24,40}(?:_[A-Fa-f0-9]{8})?|glc_[A-Za-z0-9+/=]{24,400}|eyJrIjoi[A-Za-z0-9+/=]{60,400})/, "glc_[a:100]", "glsa_docs"],
  ["sentry-token", "Sentry token", "sntrys_ sntryu_ sntrya_", /sntry[sua]_[\w+/=-]{24,512}/, "sntryu_[h:64]", "sntrys_docs"],
  ["dynatrace-token", "Dynatrace token", "dt0c01. dt0s01. dt0s02. dt0s08. dt0s16.", /dt0[cs]\d\d\.[A-Z0-9]{8,24}(?:\.[A-Z0-9]{64})?/, "dt0c01.[u:24].[u:64]", "dt0c01.docs"],
  ["statsig-key", "Statsig and Stytch key", "secret-", /secret-(?:live-|test-)?(?=[A-Za-z-]{0,48}\d)[A-Za-z0-9_=]{30,64}/, "secret-live-[a:36]4", "secret-santa-2024-list"],
  ["metabase-key", "Metabase key", "mb_", /mb_[A-Za-z0-9+/]{40,48}={0,2}(?![\w-])/, "mb_[a:43]", "mb_per_second"],
  ["elastic-key", "Elastic key", "essu_", /essu_[A-Za-z0-9+/=_-]{40,120}/, "essu_[a:60]", "essu_docs"],
  ["svix-key", "Svix key", "sk_svix_ testsk_", /(?:(?:testsk|sk)_svix_[\w.-]{24,64}|testsk_[\w.-]{24,64})/, "testsk_[a:32]", "testsk_docs"],
  // Papers, tables, design, content
  prefixes("work-token", "token of a work or content service", "figd_docs",
    "Linear lin_api_ lin_oauth_ lin_wh_, Figma figd_ figo_ figu_ figdr_, Contentful CFPAT-, Deno Deploy ddp_ ddo_ " +
    "ddw_, Samsara samsara_api_, SettleMint sm_aat_ sm_pat_ sm_sat_, Privy privy-app-secret-, " +
    "Notion ntn_ secret_, Typeform tfp_, Frame.io fio-u-"),
  ["airtable-token", "Airtable token", "pat", /pat[A-Za-z0-9]{14}\.[a-f0-9]{64}/, "pat[a:14].[h:64]", "patterns.of"],
  ["asana-token", "Asana token", "1/1 2/1", /[12]\/\d{13,17}(?:\/\d{13,17})?:[a-f0-9]{32}/, "1/1[d:15]:[h:32]", "1/2"],
  ["clickup-token", "ClickUp token", "pk_", /pk_\d{6,9}_[A-Z0-9]{32}/, "pk_[d:7]_[u:32]", "pk_users"],
  ["mapbox-secret", "Mapbox secret token", "sk.eyJ", /sk\.eyJ[\w-]{40,200}\.[\w-]{20,40}/, "sk.eyJ[a:60].[a:22]", "sk.eyJ"],
  ["dropbox-token", "Dropbox token", "sl.", /sl\.(?:u\.)?(?=[A-Za-z-]{0,40}\d)[\w-]{100,1400}/, "sl.[a:134]7", "sl.no"],
  ["salesforce-session", "Salesforce session", "00D", /00D[A-Za-z0-9]{12,15}![\w.]{60,200}/, "00D[a:12]![a:96]", "00D"],
  ["twitter-bearer", "Twitter bearer token", "AAAAAAAAAA", /A{16,24}(?!A)[A-Za-z0-9%]{70,120}/, "AAAAAAAAAAAAAAAAAAAAA[a:80]", "AAAAAAAAAA"],
  ["okta-token", "Okta token behind SSWS", "SSWS", /(?<kept>SSWS[ \t]{1,4})00[\w-]{38,44}/, "SSWS 00[a:40]", "SSWS is Okta's scheme"],
  ["authress-key", "Authress key", "scauth_ authress_", /(?:scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[\w+/=-]{30,120}/i, "scauth_[l:10].[l:4].acc-[l:16].[a:40]", "scauth_docs"],
  ["adobe-secret", "Adobe client secret", "p8e- p8-", /p8e?-[\w-]{32,40}/, "p8e-[l:32]", "p8e-docs"],
  // Forms that several issuers share
  ["hex-key", "prefix and hexadecimal digits: OpenAI realtime, Firecrawl, ElevenLabs, Retell, Twilio, Mailgun, MailerSend, Pulumi, Databricks, DingTalk, Svix, Klaviyo", "ek_ fc- sk_ key_ key- SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd SKe SKf mlsn. pul- dapi dose dkea SEC cu_ pk_", /(?:ek_|fc-|sk_|key[-_]|SK|mlsn\.|pul-|dapi|dose|dkea|SEC|cu_|pk_)[a-f0-9]{28,72}(?![a-z])/, "fc-[h:32]", "fc-barcelona, sk_buff and key-value-store-notes"],
  ["uuid-key", "prefix and UUID: IBM Cloud, HubSpot, LaunchDarkly, Plaid", "ApiKey- pat-na pat-eu pat-ap sdk- api- mob- access-sandbox- access-development- access-production-", /(?:ApiKey-|pat-(?:na|eu|ap)\d-|sdk-|api-|mob-|access-(?:sandbox|development|production)-)[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}/, "pat-na1-[uuid]", "access-production-logs"],
  ["short-prefix-key", "short prefix and capitals, letters and digits: Modal, Mem0, Brave, Nomic, Voyage, Dify, Infracost, Mandrill", "ak- as- m0- BSA nk- pa- app- ico- md-", /(?:a[ks]-|m0-|BSA|nk-|pa-|app-|ico-|md-)(?=[\w-]{0,64}[A-Z])(?=[\w-]{0,64}[a-z])(?=[\w-]{0,64}\d)[\w-]{22,64}/, "ak-[a:19]Xx7", "app-7d9f8b6c5d4f3e2a1b0c9d8e is a pod", "random"],
  ["marked-key", "mark and letters and digits: Alibaba, Tencent, Volcengine, Scaleway, EasyPost, Artifactory, NuGet, crates.io, Confluent, Fauna, Octopus Deploy", "LTAI AKID AKLT SCW EZAK EZTK AKCp oy2 cio cflt fnA API-", /(?:LTAI|AKID|AKLT|SCW|EZ[AT]K|AKCp|oy2|cio|cflt|fnA|API-)[A-Za-z0-9_+/]{12,76}/, "LTAI[a:20]", "API-FIRST design", "random"],
  // Keys and signatures
  ["jwt", "JSON Web Token, signed or encrypted", "eyJ", /(?:(?<![\w-])|(?<=\\[nrtbf]|%[\dA-Fa-f]{2}|\\u[\da-fA-F]{4}))eyJ[\w-]{5,2000}\.(?:[\w-]{8,4096}(?=\.)|eyJ[\w-]{5,4096}|[\w-]{1,4096}$)(?:\.[\w-]{0,2048}(?<!\.)){0,3}/, "[jwt]", "eyJ is how a JWT begins"],
  ["age-key", "age key", "AGE-SECRET-KEY-", /AGE-SECRET-KEY-[A-Z0-9]{24,64}/, "AGE-SECRET-KEY-1[u:58]", "AGE-SECRET-KEY-1"],
  ["paseto", "PASETO token", "v2.local. v3.local. v4.local. v2.public. v4.public.", /v[1-4]\.(?:local|public)\.[\w-]{40,2048}/, "v4.local.[a:80]", "v4.local.docs"],
];
