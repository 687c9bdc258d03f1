// SPDX-License-Identifier: Apache-2.0

/// The secrets that a prefix gives away, as data.
///
/// Prefixes and lengths are the issuers' documented ones; shapes without a prefix of their own (PEM, JWT, URL passwords,
/// headers, bot tokens) are in ``SecretShapes``, `key = value` in ``KeyedSecret``.
enum SecretRules {
    static let all: [SecretRule] = [
        // Clouds
        SecretRule("aws-access-key", "AKIA", .upperAlphanumeric, 16...16),
        SecretRule("aws-access-key", "ASIA", .upperAlphanumeric, 16...16),
        SecretRule("google-api-key", "AIza", .url, 35...35),
        SecretRule("google-oauth-token", "ya29.", .url, 20...2000),
        SecretRule("google-oauth-secret", "GOCSPX-", .url, 20...60),
        SecretRule("azure-account-key", "AccountKey=", .base64, 80...100),
        SecretRule("azure-signature", "SharedAccessSignature=", .path, 30...1000),
        SecretRule("azure-signature", "sig=", .path, 40...200, digits: 2),
        SecretRule("aws-signature", "X-Amz-Signature=", .hex, 64...64),
        SecretRule("aws-session-token", "X-Amz-Security-Token=", .path, 100...4000),
        SecretRule("digitalocean-token", "dop_v1_", .hex, 64...64),
        SecretRule("digitalocean-token", "doo_v1_", .hex, 64...64),
        SecretRule("heroku-token", "HRKU-", .url, 30...80),
        SecretRule("cloudflare-ca-key", "v1.0-", .hex, 100...200),
        SecretRule("fly-token", "fo1_", .url, 40...200),
        SecretRule("fly-token", "fm2_", .base64, 60...2000),
        SecretRule("netlify-token", "nfp_", .alphanumeric, 36...64),
        SecretRule("pulumi-token", "pul-", .hex, 40...40),
        SecretRule("tailscale-key", "tskey-", .url, 30...100, digits: 2),
        SecretRule("render-token", "rnd_", .alphanumeric, 28...64),
        // Code hosts and registries
        SecretRule("github-token", "ghp_", .alphanumeric, 30...255),
        SecretRule("github-token", "gho_", .alphanumeric, 30...255),
        SecretRule("github-token", "ghu_", .alphanumeric, 30...255),
        SecretRule("github-token", "ghs_", .alphanumeric, 30...255),
        SecretRule("github-token", "ghr_", .alphanumeric, 30...255),
        SecretRule("github-token", "github_pat_", .url, 60...255),
        SecretRule("gitlab-token", "glpat-", .url, 20...64),
        SecretRule("gitlab-token", "gldt-", .url, 20...64),
        SecretRule("gitlab-token", "glrt-", .url, 20...64),
        SecretRule("gitlab-token", "glptt-", .url, 20...64),
        SecretRule("gitlab-token", "glcbt-", .url, 20...64),
        SecretRule("gitlab-token", "gloas-", .url, 20...80),
        SecretRule("gitlab-token", "glsoat-", .url, 20...64),
        SecretRule("bitbucket-token", "ATBB", .alphanumeric, 28...40, digits: 2),
        SecretRule("atlassian-token", "ATATT3", .token, 60...400),
        SecretRule("atlassian-token", "ATCTT3", .token, 60...400),
        SecretRule("sonar-token", "squ_", .hex, 40...40),
        SecretRule("sourcegraph-token", "sgp_", .url, 40...80, digits: 2),
        SecretRule("npm-token", "npm_", .alphanumeric, 36...36),
        SecretRule("pypi-token", "pypi-AgEIcHlwaS5vcmc", .url, 50...1000),
        SecretRule("rubygems-token", "rubygems_", .hex, 48...48),
        SecretRule("docker-token", "dckr_pat_", .url, 20...64),
        SecretRule("artifactory-token", "AKCp", .alphanumeric, 60...80, digits: 2),
        // Models
        SecretRule("anthropic-key", "sk-ant-", .url, 20...200),
        SecretRule("openai-key", "sk-proj-", .url, 20...200),
        SecretRule("openai-key", "sk-svcacct-", .url, 20...200),
        SecretRule("openai-key", "sk-admin-", .url, 20...200, digits: 2),
        SecretRule("openrouter-key", "sk-or-v1-", .hex, 40...80),
        SecretRule("openai-key", "sk-", .alphanumeric, 32...64, digits: 2),
        SecretRule("huggingface-token", "hf_", .alphanumeric, 30...50),
        SecretRule("groq-key", "gsk_", .alphanumeric, 40...64),
        SecretRule("replicate-token", "r8_", .alphanumeric, 30...50),
        SecretRule("xai-key", "xai-", .alphanumeric, 60...100, digits: 2),
        SecretRule("perplexity-key", "pplx-", .alphanumeric, 40...64),
        SecretRule("langsmith-key", "lsv2_", .url, 36...80, digits: 2),
        SecretRule("pinecone-key", "pcsk_", .url, 40...100, digits: 2),
        SecretRule("tavily-key", "tvly-", .url, 30...64, digits: 2),
        // Chat and mail
        SecretRule("slack-token", "xoxb-", .url, 20...255),
        SecretRule("slack-token", "xoxp-", .url, 20...255),
        SecretRule("slack-token", "xoxa-", .url, 20...255),
        SecretRule("slack-token", "xoxs-", .url, 20...255),
        SecretRule("slack-token", "xoxr-", .url, 20...255),
        SecretRule("slack-token", "xoxe-", .url, 20...255),
        SecretRule("slack-token", "xoxe.xoxp-", .url, 20...255),
        SecretRule("slack-token", "xapp-", .url, 20...255),
        SecretRule("slack-webhook", "hooks.slack.com/services/", .path, 30...100),
        SecretRule("discord-webhook", "discord.com/api/webhooks/", .path, 60...200),
        SecretRule("discord-webhook", "discordapp.com/api/webhooks/", .path, 60...200),
        SecretRule("brevo-key", "xkeysib-", .url, 64...100, digits: 3),
        SecretRule("sendgrid-key", "SG.", .token, 60...80, digits: 2),
        SecretRule("mailgun-key", "key-", .hex, 32...32, digits: 3),
        SecretRule("twilio-key", "SK", .hex, 32...32, digits: 3),
        // Money
        SecretRule("stripe-key", "sk_live_", .alphanumeric, 16...255),
        SecretRule("stripe-key", "sk_test_", .alphanumeric, 16...255),
        SecretRule("stripe-key", "rk_live_", .alphanumeric, 16...255),
        SecretRule("stripe-key", "rk_test_", .alphanumeric, 16...255),
        SecretRule("stripe-webhook", "whsec_", .base64, 24...100),
        SecretRule("square-token", "sq0atp-", .url, 22...64),
        SecretRule("square-token", "sq0csp-", .url, 40...64),
        SecretRule("square-token", "EAAA", .url, 58...64, digits: 2),
        SecretRule("shopify-token", "shpca_", .hex, 32...32),
        SecretRule("shopify-token", "shppa_", .hex, 32...32),
        SecretRule("shopify-token", "shpat_", .hex, 32...32),
        SecretRule("shopify-token", "shpss_", .hex, 32...32),
        // Operations and tools
        SecretRule("vault-token", "hvs.", .url, 20...200),
        SecretRule("terraform-token", "atlasv1.", .url, 40...100),
        SecretRule("vault-token", "hvb.", .url, 60...400),
        SecretRule("doppler-token", "dp.pt.", .alphanumeric, 40...50),
        SecretRule("doppler-token", "dp.st.", .token, 40...90, digits: 2),
        SecretRule("grafana-token", "glsa_", .url, 32...64),
        SecretRule("grafana-token", "glc_", .base64, 40...400),
        SecretRule("newrelic-key", "NRAK-", .upperAlphanumeric, 27...27),
        SecretRule("sentry-token", "sntrys_", .token, 40...400),
        SecretRule("databricks-token", "dapi", .hex, 32...32, digits: 3),
        SecretRule("planetscale-token", "pscale_tkn_", .url, 30...64),
        SecretRule("supabase-key", "sbp_", .hex, 40...40),
        SecretRule("postman-key", "PMAK-", .url, 50...70),
        SecretRule("linear-key", "lin_api_", .alphanumeric, 32...64),
        SecretRule("notion-token", "ntn_", .alphanumeric, 40...60),
        SecretRule("notion-token", "secret_", .alphanumeric, 43...43, digits: 2),
        SecretRule("dropbox-token", "sl.", .url, 130...2000, digits: 4),
        SecretRule("onepassword-token", "ops_eyJ", .url, 100...2000),
        SecretRule("figma-token", "figd_", .url, 36...64),
        SecretRule("airtable-token", "pat", .token, 79...79, digits: 12),
        SecretRule("age-key", "AGE-SECRET-KEY-1", .upperAlphanumeric, 58...58),
        SecretRule("maestro-token", "mst_", .url, 32...64),
    ]

    /// Keys whose value is a secret where it looks random: `password = "…"`, `DB_PASSWORD: …`, `"clientSecret": "…"`.
    ///
    /// Compared without case and without `_` and `-`, with the end of the name.
    static let keys = [
        "password", "passwd", "passphrase", "pgpassword", "pwd", "secret", "apikey", "token", "accesskey", "secretkey",
        "privatekey", "accountkey", "auth", "credential", "credentials",
    ]

    /// Keys that count only behind a separator: `DB_PASS=…`, but no `PASS: …` of a test run.
    static let separatedKeys = ["pass"]

    /// Parts of values that say that a value is a stand-in.
    ///
    /// Compared without case.
    static let standIns = [
        "example", "xxxx", "redacted", "placeholder", "changeme", "your", "dummy", "****", "<", "${", "$(", "{{",
        "getenv", "environ",
    ]

    /// Whole passwords of URLs that name what belongs there.
    static let standInPasswords: Set = ["password", "passwd", "pass", "pwd", "pw", "secret", "token", "…", "..."]

    /// Starts of values that are code which fetches a secret.
    static let code = [
        "self.", "this.", "config.", "settings.", "process.", "env.", "env[", "os.", "args.", "options.", "opts.",
        "req.", "request.", "params.", "secrets.", "props.", "cfg.", "ctx.", "data.", "vars.", "var.",
    ]
}
