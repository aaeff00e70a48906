import type { RuleRow } from "./rule.js";

/** A rule for issuers whose tokens are a prefix and letters and digits that look random; `issuers` tells which is whose. */
function prefixes(id: string, what: string, kept: string, issuers: string): RuleRow {
  const list = issuers.split(/,? /).filter((word) => /[-_]$/.test(word));
  const pattern = new RegExp(`(?:${list.join("|")})[\\w-]{16,48}`);
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
    "Cursor crsr_, Sourcegraph Amp sgamp_"),
  ["openai-key", "OpenAI project, service account and admin key", "sk-proj- sk-svcacct- sk-admin- sk-None-", /sk-(?:proj|svcacct|admin|None)-[\w-]{6,512}/, "sk-proj-[a:20]_[a:40]T3BlbkFJ[a:40]", "sk-proj- begins a project's key"],
  ["openai-session", "OpenAI session and realtime secret", "sess- ek_", /(?:sess-[A-Za-z0-9]{40}|ek_[a-f0-9]{32,64})/, "ek_[h:32]", "ek_create_session"],
  ["anthropic-key", "Anthropic key", "sk-ant-", /sk-ant-[\w-]{6,256}/, "sk-ant-api03-[a:93]AA", "sk-ant-"],
  ["openrouter-key", "OpenRouter key", "sk-or-", /sk-or-[\w-]{6,128}/, "sk-or-v1-[h:64]", "sk-or-v1"],
  ["langfuse-key", "Langfuse secret key", "sk-lf-", /sk-lf-[a-f0-9-]{6,64}/, "sk-lf-[uuid]", "sk-lf-"],
  ["helicone-key", "Helicone key", "sk-helicone-", /sk-helicone-[\w-]{16,64}/, "sk-helicone-[l:7]-[l:7]-[l:7]-[l:7]", "sk-helicone-docs"],
  ["sk-key", "key of the many who follow OpenAI (DeepSeek, Moonshot, Stability, LiteLLM, …)", "sk-", /sk-(?:[a-z]{2,8}-)?(?=[A-Za-z]{0,128}\d)[A-Za-z0-9]{15,128}/, "sk-[a:48]", "sk-learn and sk-image-2024-final"],
  ["hugging-face-token", "Hugging Face token", "hf_ api_org_", /(?:hf|api_org)_[A-Za-z0-9]{30,40}/, "hf_[A:34]", "hf_hub_download"],
  ["replicate-token", "Replicate token", "r8_", /r8_[A-Za-z0-9]{20,40}/, "r8_[a:37]", "r8_snorm"],
  ["fireworks-key", "Fireworks key", "fw_", /fw_[A-Za-z0-9]{22,32}/, "fw_[a:24]", "fw_update_channel_stable_v2"],
  ["voyage-key", "Voyage key", "pa-", /pa-[A-Za-z0-9_]{20}[\w-]{20,40}/, "pa-[a:43]", "pa-system"],
  ["elevenlabs-key", "ElevenLabs key", "sk_", /sk_[a-f0-9]{48}/, "sk_[h:48]", "sk_buff"],
  ["firecrawl-key", "Firecrawl key", "fc-", /fc-[a-f0-9]{32}/, "fc-[h:32]", "fc-barcelona"],
  ["modal-token", "Modal token", "ak- as-", /a[ks]-[A-Za-z0-9]{22}(?![\w-])/, "as-[a:22]", "as-is"],
  ["retell-key", "Retell and Cursor key", "key_", /key_[a-f0-9]{28,64}(?![\w-])/, "key_[h:28]", "key_points"],
  ["mem0-key", "Mem0 key", "m0-", /m0-[A-Za-z0-9]{36,48}/, "m0-[a:40]", "m0-core"],
  ["brave-key", "Brave Search key", "BSA", /BSA[\w-]{27,32}(?![\w-])/, "BSA[a:28]", "BSA report"],
  ["nomic-key", "Nomic key", "nk-", /nk-(?=[A-Za-z_-]{0,40}\d)[\w-]{40,48}(?![\w-])/, "nk-[a:42]7", "nk-landing"],
  ["dify-key", "Dify key", "app-", /app-(?=[a-z0-9]{0,23}[A-Z])(?=[A-Z0-9]{0,23}[a-z])(?=[A-Za-z]{0,23}\d)[A-Za-z0-9]{24}(?![\w-])/, "app-[a:21]Xx7", "app-7d9f8b6c5d4f3e2a1b0c9d8e is a pod"],
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
  ["alibaba-key-id", "Alibaba key id", "LTAI", /LTAI[A-Za-z0-9]{12,26}(?![\w-])/, "LTAI[a:20]", "LTAI prefix"],
  ["tencent-key-id", "Tencent key id", "AKID", /AKID[A-Za-z0-9]{32}(?![\w-])/, "AKID[a:32]", "AKID prefix"],
  ["volcengine-key-id", "Volcengine key id", "AKLT", /AKLT[A-Za-z0-9_-]{40,50}/, "AKLT[a:43]", "AKLT prefix"],
  ["yandex-key", "Yandex key and token", "AQVN YCAJ y0_Ag t1.9", /(?:AQVN[\w-]{34,40}|YCAJ[\w-]{20,24}|y0_Ag[\w-]{50,80}|t1\.9[\w-]{20,512}\.[\w-]{60,100})/, "AQVN[a:36]", "AQVN prefix"],
  ["ibm-cloud-key", "IBM Cloud key", "ApiKey-", /ApiKey-[a-f0-9-]{36}/, "ApiKey-[uuid]", "ApiKey-based"],
  ["scaleway-key-id", "Scaleway key id", "SCW", /SCW[A-Z0-9]{17}(?![\w-])/, "SCW[u:17]", "SCW console"],
  ["fly-token", "Fly.io token", "FlyV1 fm1r_ fm1a_ fm2_ fo1_", /(?:FlyV1 )?(?:fm1[ar]|fm2|fo1)_[\w+/=,:-]{36,4096}/, "FlyV1 fm2_[a:120]", "FlyV1 is the scheme"],
  ["cloudflare-token", "Cloudflare token and origin key", "v1.0- cfut_ cfat_ cfk_", /(?:v1\.0-[a-f0-9]{24}-[a-f0-9]{100,150}|cf(?:ut|at|k)_[A-Za-z0-9]{36,64})/, "cfut_[a:48]", "v1.0-beta"],
  ["openshift-token", "OpenShift token", "sha256~", /sha256~[\w-]{40,48}/, "sha256~[a:43]", "sha256~ is the prefix"],
  ["railway-token", "Railway token", "rw_Fe26.", /rw_Fe26\.[\w*~.-]{40,1024}/, "rw_Fe26.2**[h:64]", "rw_Fe26."],
  // Code and delivery
  prefixes("delivery-token", "token of a registry, a build, a tool", "npm_lifecycle_event",
    "npm npm_, PyPI pypi-, RubyGems rubygems_, Hex hexpm_, Packagist packagist_, Docker Hub dckr_pat_ dckr_oat_, " +
    "SonarQube squ_ sqp_ sqa_, Buildkite bkua_ bkaj_ bkct_ bkpt_ bkap_, CircleCI CCIPAT_ CCIPRJ_, Postman PMAK- " +
    "PMAT-, ReadMe rdme_, Semgrep semgrep_, Kong kpat_ spat_, Gitpod gitpod_pat_, Permit.io permit_key_, Zuplo zpka_, " +
    "Outline ol_api_, Dub dub_, Retool retool_"),
  ["github-token", "GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", /gh[pousr]_[A-Za-z0-9]{20,255}/, "ghp_[a:36]", "ghp_ marks GitHub tokens"],
  ["github-fine-grained", "GitHub fine-grained token", "github_pat_", /github_pat_\w{16,255}/, "github_pat_[a:22]_[a:59]", "github_pat_ marks one"],
  ["gitlab-token", "GitLab token", "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glsoat- glagent- glimt- gloas- glffct- glwt-", /gl(?:pat|dt|rtr?|cbt|ptt|ft|soat|agent|imt|oas|ffct|wt)-[\w-]{16,300}(?:\.[\w-]{2,64}){0,3}/, "glpat-[a:20]", "glpat- marks GitLab tokens"],
  ["gitlab-runner", "GitLab runner registration token", "GR1348941", /GR1348941[\w-]{20,50}/, "GR1348941[a:20]", "GR1348941"],
  ["atlassian-token", "Atlassian and Bitbucket token", "ATATT3 ATCTT3 ATBB ATTA", /(?:AT[AC]TT3[\w=-]{60,300}|ATBB[A-Za-z0-9]{28,36}|ATTA[a-f0-9]{60,76})/, "ATATT3[a:186]", "ATBB prefix"],
  ["sourcegraph-token", "Sourcegraph token", "sgp_ slk_", /(?:sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}|slk_[a-f0-9]{64})/, "sgp_[h:40]", "sgp_docs"],
  ["crates-token", "crates.io token", "cio", /cio[A-Za-z0-9]{32}(?![\w-])/, "cio[a:32]", "cio report"],
  ["nuget-key", "NuGet key", "oy2", /oy2[a-z0-9]{43}(?![\w-])/, "oy2[l:43]", "oy2 plate"],
  ["clojars-token", "Clojars token", "CLOJARS_", /CLOJARS_[a-z0-9]{60}/i, "CLOJARS_[l:60]", "CLOJARS_USERNAME"],
  ["artifactory-key", "Artifactory key", "AKCp cmVmd", /(?:AKCp[A-Za-z0-9]{69}|cmVmdGtuO[A-Za-z0-9]{55,60})/, "AKCp[a:69]", "AKCp prefix"],
  ["jetbrains-token", "JetBrains token", "perm: perm-", /perm[:-][A-Za-z0-9+/=]{4,64}\.[A-Za-z0-9+/=]{4,64}\.[A-Za-z0-9]{20,64}/, "perm:[a:12].[a:12].[a:30]", "perm: admin"],
  ["infracost-key", "Infracost key", "ico-", /ico-[A-Za-z0-9]{32}(?![\w-])/, "ico-[a:32]", "ico-launcher-foreground-monochrome-512.png"],
  ["pulumi-token", "Pulumi token", "pul-", /pul-[a-f0-9]{40}/, "pul-[h:40]", "pul-request"],
  ["terraform-token", "Terraform Cloud token", ".atlasv1.", /(?<=(?<before>[A-Za-z0-9]{14}))\.atlasv1\.[\w-]{60,90}/, "[a:14].atlasv1.[a:67]", "x.atlasv1.y"],
  ["scalr-token", "Scalr token", "at-", /at-[a-z0-9]{60,90}/, "at-[l:64]", "at-risk"],
  ["octopus-key", "Octopus Deploy key", "API-", /API-[A-Z0-9]{25,32}(?![\w-])/, "API-[u:26]", "API-FIRST design"],
  ["snyk-token", "Snyk token", "snyk_", /snyk_(?:uat|sat)\.[\w.-]{20,120}/, "snyk_uat.[h:8].[a:60]", "snyk_test"],
  ["chromatic-token", "Chromatic project token", "chpt_", /chpt_[a-z0-9]{12,24}/, "chpt_[l:15]", "chpt_docs"],
  ["apollo-key", "Apollo GraphOS key", "service:", /service:[\w-]{1,64}:[\w-]{22}(?![\w-])/, "service:shop-graph:[a:22]", "service: open"],
  ["ory-token", "Ory token", "ory_", /ory_(?:at|rt|pat|st|ac|apikey)_[\w.-]{24,120}/, "ory_pat_[a:32]", "ory_kratos"],
  ["intra42-secret", "42 API secret", "s-s4t2", /s-s4t2(?:ud|af)-[a-f0-9]{64}/, "s-s4t2ud-[h:64]", "s-s4t2ud"],
  ["maxmind-key", "MaxMind license key", "_mmk", /(?<=(?<before>[A-Za-z0-9]{6}_[A-Za-z0-9]{29}))_mmk/, "[a:6]_[a:29]_mmk", "a_mmk"],
  // Secrets, databases, queues
  prefixes("data-key", "key of a database, a queue, a network", "napi_create_string_utf8",
    "Supabase sbp_ sb_secret_, Neon napi_, MongoDB Atlas mdb_sa_sk_, CockroachDB CCDB1_, Aiven aivenv1_, Xata xau_, " +
    "dbt dbtc_ dbtu_, Trigger.dev tr_dev_ tr_prod_ tr_pat_ tr_stg_, Inngest signkey-, Tailscale tskey-, Materialize " +
    "mzp_, WarpStream aks_"),
  ["vault-token", "HashiCorp Vault token", "hvs. hvb. hvr.", /hv[sbr]\.[\w-]{16,300}/, "hvs.CAES[a:90]", "hvs.docs"],
  ["doppler-token", "Doppler token", "dp.pt. dp.ct. dp.sa. dp.st. dp.scim. dp.audit.", /dp\.(?:pt|ct|sa|st|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{36,48}/, "dp.pt.[a:43]", "dp.pt.docs"],
  ["onepassword-token", "1Password secret key and service account", "ops_eyJ A3-", /(?:ops_eyJ[A-Za-z0-9+/=_-]{100,2000}|A3-[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3})/, "A3-[u:6]-[u:11]-[u:5]-[u:5]-[u:5]", "A3-sized"],
  ["infisical-token", "Infisical token", "st.", /st\.[a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32}/, "st.[h:24].[h:32].[h:32]", "st. petersburg"],
  ["planetscale-token", "PlanetScale token", "pscale_tkn_ pscale_pw_ pscale_oauth_", /pscale_(?:tkn|pw|oauth)_[\w=.-]{24,64}/, "pscale_pw_[a:43]", "pscale_pw_docs"],
  ["clickhouse-secret", "ClickHouse Cloud secret", "4b1d", /4b1d[A-Za-z0-9]{38}(?![\w-])/, "4b1d[a:38]", "4b1d"],
  ["astra-token", "DataStax Astra token", "AstraCS:", /AstraCS:[A-Za-z0-9]{20,28}:[a-f0-9]{64}/, "AstraCS:[a:24]:[h:64]", "AstraCS: docs"],
  ["databricks-token", "Databricks token", "dapi dose dkea", /d(?:api|ose|kea)[a-f0-9]{32}(?:-\d{1,2})?/, "dapi[h:32]", "dapi docs"],
  ["prefect-key", "Prefect key", "pnu_ pnb_", /pn[ub]_[a-z0-9]{36}/i, "pnu_[l:36]", "pnu_docs"],
  ["ngrok-key", "ngrok key", "ak_2 cr_2", /(?:ak|cr)_2[A-Za-z0-9]{26}(?:_[A-Za-z0-9]{20,24})?(?![\w-])/, "ak_2[a:26]", "ak_2"],
  ["tinybird-token", "Tinybird token", "p.eyJ", /p\.eyJ[\w-]{20,300}(?:\.[\w-]{20,64})?/, "p.eyJ[a:60].[a:43]", "p.eyJ"],
  ["fauna-secret", "Fauna secret", "fnA", /fnA[\w-]{36,42}(?![\w-])/, "fnA[a:37]", "fnA"],
  ["confluent-secret", "Confluent secret", "cflt", /cflt[A-Za-z0-9+/]{60}(?![\w-])/, "cflt[a:60]", "cflt"],
  // Messages and mail
  prefixes("message-token", "token of a mail or message service", "cal_live_sync",
    "Brevo xkeysib- xsmtpsib-, Nylas nyk_v0_, Cal.com cal_live_ cal_test_, OneSignal os_v2_, Liveblocks sk_prod_ " +
    "sk_dev_"),
  ["slack-token", "Slack token", "xoxa- xoxb- xoxc- xoxd- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp- xwfp-", /(?:xox[a-eoprs][-.](?:xox[bp]-)?|xapp-|xwfp-)[\w%+/=-]{10,512}/, "xoxb-[d:12]-[d:13]-[a:24]", "xoxb- tokens belong to bots"],
  ["discord-token", "Discord bot token", "MTA MTE MTI MTM MTQ MTU MTY MTc MTg MTk MjA MjE MjI MjM MjQ MjU MjY Mjc Mjg Mjk NDA NDE NDI NDM NDQ NDU NDY NDc NDg NDk NTA NTE NTI NTM NTQ NTU NTY NTc NTg NTk NjA NjE NjI NjM NjQ NjU NjY Njc Njg Njk NzA NzE NzI NzM NzQ NzU NzY Nzc Nzg Nzk ODA ODE ODI ODM ODQ ODU ODY ODc ODg ODk OTA OTE OTI OTM OTQ OTU OTY OTc OTg OTk", /[MNO][A-Za-z0-9]{22,27}\.[\w-]{6}\.[\w-]{27,40}/, "MTA[a:21].[a:6].[a:38]", "Monday.morning.meeting"],
  ["telegram-token", "Telegram bot token", ":AA", /(?<=(?<before>(?<!\d)\d{8,10})):AA[\w-]{32,34}/, "1[d:9]:AA[a:33]", "from 12:AA to 13:BB"],
  ["twilio-key", "Twilio key", "SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd SKe SKf", /SK[0-9a-f]{32}(?![\w-])/, "SK[h:32]", "locale sk-SK"],
  ["sendgrid-key", "SendGrid key", "SG.", /SG\.[\w-]{16,32}\.[\w-]{16,64}/, "SG.[a:22].[a:43]", "SG.com is a domain"],
  ["mailgun-key", "Mailgun key", "key- pubkey-", /(?:pub)?key-[a-f0-9]{32}(?![\w-])/, "key-[h:32]", "key-value-store-implementation-notes-2024-final-version.pdf"],
  ["mailchimp-key", "Mailchimp key", "-us", /(?<=(?<before>[0-9a-f]{32}))-us\d{1,2}(?![\w-])/, "[h:32]-us21", "eu-us21"],
  ["mandrill-key", "Mandrill key", "md-", /md-[A-Za-z0-9_-]{22}(?![\w-])/, "md-[a:22]", "md-file"],
  ["mailersend-key", "MailerSend key", "mlsn.", /mlsn\.[a-f0-9]{60,70}/, "mlsn.[h:64]", "mlsn.com"],
  ["resend-key", "Resend key", "re_", /re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,32}/, "re_[a:8]_[a:24]", "re_exported_from_index"],
  ["hubspot-token", "HubSpot token", "pat-na pat-eu pat-ap", /pat-(?:na|eu|ap)\d-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}/, "pat-na1-[uuid]", "pat-eu1"],
  ["typeform-token", "Typeform token", "tfp_", /tfp_[\w.=-]{40,80}/, "tfp_[a:59]", "tfp_docs"],
  ["dingtalk-secret", "DingTalk signing secret", "SEC", /SEC[a-f0-9]{64}/, "SEC[h:64]", "SEC filing"],
  ["twitch-token", "Twitch token", "oauth:", /oauth:[a-z0-9]{30}(?![\w-])/, "oauth:[l:30]", "oauth: none"],
  ["klaviyo-key", "Klaviyo key", "pk_", /pk_[a-f0-9]{34}/, "pk_[h:34]", "pk_users"],
  ["close-key", "Close key", "api_", /api_[A-Za-z0-9]{20,24}\.[A-Za-z0-9]{20,24}/, "api_[a:22].[a:22]", "api_org_chart_template_for_small_companies.docx"],
  ["intercom-token", "Intercom token", "dG9rO", /dG9rO[A-Za-z0-9+/=]{50,70}/, "dG9rO[a:55]", "dG9rO"],
  // Payments and shops
  prefixes("payment-key", "key of a payment or shop service", "shpat_docs",
    "Shopify shpat_ shpss_ shpca_ shppa_ shpit_ shpua_ shptka_, Shippo shippo_, Paddle pdl_, Polar polar_, Alchemy " +
    "alch_ alcht_"),
  ["stripe-key", "Stripe and Clerk key", "sk_live_ sk_test_ rk_live_ rk_test_ sk_org_", /[sr]k_(?:org_)?(?:live|test)_[A-Za-z0-9]{8,247}/, "sk_live_51[a:96]", "sk_test_mode"],
  ["stripe-webhook", "webhook signing secret of Stripe, Svix and others", "whsec_", /whsec_[A-Za-z0-9+/=_-]{16,128}/, "whsec_[a:32]", "whsec_"],
  ["square-token", "Square token", "sq0atp- sq0csp- sq0idp- EAAA", /(?:sq0[a-z]{3}-[\w-]{20,60}|EAAA[\w-]{56,80})/, "sq0csp-[a:43]", "sq0"],
  ["facebook-token", "Facebook and Instagram token", "EAA IGQ", /(?:EAA|IGQ)[A-Za-z0-9]{80,400}/, "EAACEdEose0cBA[a:150]", "EAA"],
  ["paypal-token", "PayPal token", "access_token$", /access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}/, "access_token$production$[l:16]$[h:32]", "access_token$"],
  ["adyen-key", "Adyen key", "AQE", /AQE[A-Za-z0-9]{1,4}[\w+/=.^*-]{80,300}/, "AQEyhmfx[a:100]", "AQE"],
  ["razorpay-key", "Razorpay key", "rzp_live_ rzp_test_", /rzp_(?:live|test)_[A-Za-z0-9]{14,24}/, "rzp_live_[a:14]", "rzp_test_docs"],
  ["plaid-token", "Plaid token", "access-sandbox- access-development- access-production-", /access-(?:sandbox|development|production)-[a-f0-9-]{36}/, "access-production-[uuid]", "access-production-logs"],
  ["flutterwave-key", "Flutterwave key", "FLWSECK", /FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,64}-?X?/, "FLWSECK-[h:32]-X", "FLWSECK-docs"],
  ["mollie-key", "key of Mollie, GoCardless, Lob and Airwallex", "live_ test_", /(?:live|test)_(?:pub_)?(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{29,64}/, "live_[a:30]7", "live_stream_key_rotation_guide"],
  ["easypost-key", "EasyPost key", "EZAK EZTK", /EZ[AT]K[A-Za-z0-9]{54,64}/, "EZAK[a:54]", "EZAK"],
  ["duffel-token", "Duffel token", "duffel_", /duffel_(?:live|test)_[\w=-]{40,50}/, "duffel_live_[a:43]", "duffel_test_docs"],
  // Watching and measuring
  prefixes("monitoring-key", "key of a monitoring service", "hxtp_docs",
    "New Relic NRAK- NRII- NRRA- NRJS- NRIQ-, Honeycomb hcaik_ hcbik_ hcaic_ hcxik_, PostHog phx_ phs_, Axiom xaat- " +
    "xapt-, Hex hxtp_ hxtw_, Logfire pylf_v1_"),
  ["grafana-token", "Grafana token", "glsa_ glc_ eyJrIjoi", /(?:glsa_[A-Za-z0-9]{24,40}(?:_[A-Fa-f0-9]{8})?|glc_[A-Za-z0-9+/=]{24,400}|eyJrIjoi[A-Za-z0-9+/=]{60,400})/, "glc_[a:100]", "glsa_docs"],
  ["sentry-token", "Sentry token", "sntrys_ sntryu_ sntrya_", /sntry[sua]_[\w+/=-]{24,512}/, "sntryu_[h:64]", "sntrys_docs"],
  ["dynatrace-token", "Dynatrace token", "dt0c01. dt0s01. dt0s02. dt0s08. dt0s16.", /dt0[cs]\d\d\.[A-Z0-9]{8,24}(?:\.[A-Z0-9]{64})?/, "dt0c01.[u:24].[u:64]", "dt0c01.docs"],
  ["launchdarkly-key", "LaunchDarkly key", "sdk- api- mob-", /(?:sdk|api|mob)-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}/, "sdk-[uuid]", "sdk-version"],
  ["segment-token", "Segment token", "sgp_", /sgp_[A-Za-z0-9]{64}/, "sgp_[a:64]", "sgp_source"],
  ["statsig-key", "Statsig and Stytch key", "secret-", /secret-(?:live-|test-)?(?=[A-Za-z-]{0,48}\d)[A-Za-z0-9_=]{30,64}/, "secret-live-[a:36]4", "secret-santa-2024-list"],
  ["metabase-key", "Metabase key", "mb_", /mb_[A-Za-z0-9+/]{40,48}={0,2}(?![\w-])/, "mb_[a:43]", "mb_per_second"],
  ["elastic-key", "Elastic key", "essu_", /essu_[A-Za-z0-9+/=_-]{40,120}/, "essu_[a:60]", "essu_docs"],
  ["svix-key", "Svix and Checkly key", "cu_ sk_svix_ testsk_", /(?:cu_[a-f0-9]{32}|(?:testsk|sk)_svix_[\w.-]{24,64}|testsk_[\w.-]{24,64})/, "cu_[h:32]", "cu_docs"],
  // Papers, tables, design, content
  prefixes("work-token", "token of a work or content service", "figd_docs",
    "Linear lin_api_ lin_oauth_ lin_wh_, Figma figd_ figo_ figu_ figdr_, Contentful CFPAT-, Deno Deploy ddp_ ddo_ " +
    "ddw_, Samsara samsara_api_, SettleMint sm_aat_ sm_pat_ sm_sat_, Privy privy-app-secret-"),
  ["notion-token", "Notion token", "ntn_ secret_", /(?:ntn_[A-Za-z0-9]{40,64}|secret_[A-Za-z0-9]{40,64})/, "ntn_[a:46]", "secret_santa"],
  ["airtable-token", "Airtable token", "pat", /pat[A-Za-z0-9]{14}\.[a-f0-9]{64}/, "pat[a:14].[h:64]", "patterns.of"],
  ["asana-token", "Asana token", "1/1 2/1", /[12]\/\d{13,17}(?:\/\d{13,17})?:[a-f0-9]{32}/, "1/1[d:15]:[h:32]", "1/2"],
  ["clickup-token", "ClickUp token", "pk_", /pk_\d{6,9}_[A-Z0-9]{32}/, "pk_[d:7]_[u:32]", "pk_users"],
  ["frameio-token", "Frame.io token", "fio-u-", /fio-u-[\w=-]{60,70}/, "fio-u-[a:64]", "fio-u-docs"],
  ["mapbox-secret", "Mapbox secret token", "sk.eyJ", /sk\.eyJ[\w-]{40,200}\.[\w-]{20,40}/, "sk.eyJ[a:60].[a:22]", "sk.eyJ"],
  ["dropbox-token", "Dropbox token", "sl.", /sl\.(?:u\.)?(?=[A-Za-z-]{0,40}\d)[\w-]{100,1400}/, "sl.[a:134]7", "sl.no"],
  ["salesforce-session", "Salesforce session", "00D", /00D[A-Za-z0-9]{12,15}![\w.]{60,200}/, "00D[a:12]![a:96]", "00D"],
  ["twitter-bearer", "Twitter bearer token", "AAAAAAAAAA", /A{16,24}(?!A)[A-Za-z0-9%]{70,120}/, "AAAAAAAAAAAAAAAAAAAAA[a:80]", "AAAAAAAAAA"],
  ["okta-token", "Okta token behind SSWS", "SSWS", /(?<kept>SSWS[ \t]{1,4})00[\w-]{38,44}/, "SSWS 00[a:40]", "SSWS is Okta's scheme"],
  ["authress-key", "Authress key", "scauth_ authress_", /(?:scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[\w+/=-]{30,120}/i, "scauth_[l:10].[l:4].acc-[l:16].[a:40]", "scauth_docs"],
  ["adobe-secret", "Adobe client secret", "p8e- p8-", /p8e?-[\w-]{32,40}/, "p8e-[l:32]", "p8e-docs"],
  ["defined-networking-token", "Defined Networking token", "dnkey-", /dnkey-[a-z0-9=_-]{26}-[a-z0-9=_-]{52}/, "dnkey-[l:26]-[l:52]", "dnkey-docs"],
  // Keys and signatures
  ["jwt", "JSON Web Token, signed or encrypted", "eyJ", /(?:(?<![\w-])|(?<=\\[nrtbf]|%[\dA-Fa-f]{2}|\\u[\da-fA-F]{4}))eyJ[\w-]{5,2000}\.(?:[\w-]{8,4096}(?=\.)|eyJ[\w-]{5,4096}|[\w-]{1,4096}$)(?:\.[\w-]{0,2048}(?<!\.)){0,3}/, "[jwt]", "eyJ is how a JWT begins"],
  ["age-key", "age key", "AGE-SECRET-KEY-", /AGE-SECRET-KEY-[A-Z0-9]{24,64}/, "AGE-SECRET-KEY-1[u:58]", "AGE-SECRET-KEY-1"],
  ["paseto", "PASETO token", "v2.local. v3.local. v4.local. v2.public. v4.public.", /v[1-4]\.(?:local|public)\.[\w-]{40,2048}/, "v4.local.[a:80]", "v4.local.docs"],
];
