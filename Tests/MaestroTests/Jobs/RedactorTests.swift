// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

/// Fakes are built from parts, so that no scanner takes this file for a leak.
@Suite struct `Redaction` {
    /// A text that looks random, of letters and digits.
    private static func noise(_ count: Int, _ alphabet: String = "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8") -> String {
        let letters = Array(alphabet)
        return String((0..<count).map { letters[($0 * 7 + $0 / 5) % letters.count] })
    }

    private static let hex = "0a1b2c3d4e5f6789"
    private static let upper = "A1B2C3D4E5F6G7H8J9K2"

    private static let planted: [(rule: String, text: String)] = [
        ("aws-access-key", "AKIA" + noise(16, upper)), ("aws-access-key", "ASIA" + noise(16, upper)),
        ("google-api-key", "AIza" + noise(35)), ("google-oauth-token", "ya29." + noise(40)),
        ("google-oauth-secret", "GOCSPX-" + noise(28)), ("azure-account-key", "AccountKey=" + noise(86) + "=="),
        ("azure-signature", "SharedAccessSignature=" + noise(60)), ("digitalocean-token", "dop_v1_" + noise(64, hex)),
        ("heroku-token", "HRKU-" + noise(36)), ("cloudflare-ca-key", "v1.0-" + noise(140, hex)),
        ("fly-token", "fo1_" + noise(43)), ("render-token", "rnd_" + noise(32)), ("github-token", "ghp_" + noise(36)),
        ("github-token", "gho_" + noise(36)), ("github-token", "github_pat_" + noise(82)),
        ("gitlab-token", "glpat-" + noise(20)),
        ("bitbucket-token", "ATBB" + noise(32)), ("atlassian-token", "ATATT3" + noise(180)),
        ("npm-token", "npm_" + noise(36)),
        ("pypi-token", "pypi-AgEIcHlwaS5vcmc" + noise(120)), ("rubygems-token", "rubygems_" + noise(48, hex)),
        ("docker-token", "dckr_pat_" + noise(27)), ("artifactory-token", "AKCp" + noise(69)),
        ("anthropic-key", "sk-ant-" + noise(90)),
        ("openai-key", "sk-proj-" + noise(100)), ("openai-key", "sk-" + noise(48)),
        ("openrouter-key", "sk-or-v1-" + noise(64, hex)),
        ("huggingface-token", "hf_" + noise(34)), ("groq-key", "gsk_" + noise(52)),
        ("replicate-token", "r8_" + noise(37)),
        ("xai-key", "xai-" + noise(80)), ("perplexity-key", "pplx-" + noise(48)), ("slack-token", "xoxb-" + noise(50)),
        ("slack-token", "xapp-" + noise(60)), ("slack-webhook", "hooks.slack.com/services/" + noise(44)),
        ("discord-webhook", "discord.com/api/webhooks/" + noise(90)),
        ("sendgrid-key", "SG." + noise(22) + "." + noise(43)),
        ("mailgun-key", "key-" + noise(32, hex)), ("twilio-key", "SK" + noise(32, hex)),
        ("stripe-key", "sk_live_" + noise(24)),
        ("stripe-key", "rk_live_" + noise(24)), ("stripe-webhook", "whsec_" + noise(32)),
        ("square-token", "sq0atp-" + noise(22)),
        ("shopify-token", "shpat_" + noise(32, hex)), ("vault-token", "hvs." + noise(90)),
        ("terraform-token", "atlasv1." + noise(60)),
        ("doppler-token", "dp.pt." + noise(43)), ("grafana-token", "glsa_" + noise(41)),
        ("newrelic-key", "NRAK-" + noise(27, upper)),
        ("sentry-token", "sntrys_" + noise(90)), ("databricks-token", "dapi" + noise(32, hex)),
        ("planetscale-token", "pscale_tkn_" + noise(43)), ("supabase-key", "sbp_" + noise(40, hex)),
        ("postman-key", "PMAK-" + noise(59)),
        ("linear-key", "lin_api_" + noise(40)), ("notion-token", "ntn_" + noise(46)),
        ("figma-token", "figd_" + noise(40)),
        ("airtable-token", "pat." + noise(64)), ("age-key", "AGE-SECRET-KEY-1" + noise(58, upper)),
        ("maestro-token", "mst_" + noise(43)),
        ("jwt", "eyJ" + noise(30) + ".eyJ" + noise(60) + "." + noise(43)), ("bearer-token", noise(40)),
    ]

    @Test(arguments: planted.indices)
    func `replaces every planted secret by its type, wherever it stands`(index: Int) {
        let (rule, secret) = Self.planted[index]
        let introduction = rule == "bearer-token" ? "Authorization: Bearer " : ""
        for (before, after) in [
            ("", ""), ("key is ", " ok"), ("{\"k\":\"", "\"}"), ("\\n", "\\n"), ("export X=", "\n"), ("ü", "ü"),
        ] {
            let redacted = Redactor.standard.redacting(before + introduction + secret + after)

            #expect(!redacted.text.contains(secret.suffix(12)), "\(before)…\(after)")
            #expect(redacted.counts[rule] == 1, "\(before)…\(after): \(redacted.counts)")
            #expect(redacted.text == before + introduction + "[secret:\(rule)]" + after)
        }
    }

    @Test(arguments: [
        ("postgres://app:S3cretPw@db:5432/x", "postgres://app:[secret:url-password]@db:5432/x"),
        ("mongodb+srv://u:p%40ss9@c.example.net/", "mongodb+srv://u:[secret:url-password]@c.example.net/"),
        ("Server=db;Password=tr0ub4dor&3;Uid=x", "Server=db;Password=[secret:password];Uid=x"),
        ("password: \"hunter2hunter2\"", "password: \"[secret:password]\""),
        ("{\"db_password\":\"k9Lm2Qx8\"}", "{\"db_password\":\"[secret:password]\"}"),
        ("API_KEY=a8Fk29xLm40qPz71Tn", "API_KEY=[secret:keyed-value]"),
        (
            "aws_secret_access_key = wJ4lrXUtn7EMI/K7MDENGbPxRf1CYzzyxabcdKEY",
            "aws_secret_access_key = [secret:keyed-value]"
        ),
        ("Authorization: Basic dXNlcjpwYXNzd29yZDEyMw==", "Authorization: Basic [secret:basic-auth]"),
    ])
    func `replaces secrets that only their place gives away`(text: String, expected: String) {
        #expect(Redactor.standard.redacting(text).text == expected)
    }

    @Test(arguments: ["\n", "\\n"])
    func `replaces a private key as a whole, also a cut one`(lineBreak: String) {
        let begin = "-----BEGIN RSA " + "PRIVATE KEY-----"
        let end = "-----END RSA " + "PRIVATE KEY-----"
        let body = lineBreak + Self.noise(64) + lineBreak + Self.noise(64) + lineBreak

        #expect(Redactor.standard.redacting("a \(begin)\(body)\(end) b").text == "a [secret:private-key] b")
        #expect(Redactor.standard.redacting("a \(begin)\(body)").text == "a [secret:private-key]")
    }

    @Test(arguments: [
        "commit 3f786850e387550fdab836ed7e6dc881de23001b", "id 123e4567-e89b-12d3-a456-426614174000",
        "AKIAIOSFODNN7EXAMPLE",
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
        "task-1234567890abcdef1234567890abcdef", "risk-assessment-of-2026", "password=getPassword()",
        "password: ${DB_PASSWORD}",
        "token = os.environ[\"TOKEN\"]", "api_key: <your key here>", "secret: xxxxxxxxxxxxxxxx",
        "the password is wrong",
        "https://example.com/a:b@c", "https://example.com:8080/path@v2", "user:pass", "git@github.com:acme/app.git",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "Bearer of bad news everywhere today",
        "key-value-store-of-the-application", "SKU12345678", "token: 42", "tokens: 1234567890", "max_tokens=1500",
        "\"auth\": \"none\"",
        "ghp_short", "sk-short1", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "eyJhbGciOiJIUzI1NiJ9",
        "password=/etc/app/password2.txt", "[secret:github-token]", "http://[::1]:8080/", "a//b",
        "basic setup of 12 things",
        "SECRET_KEY_BASE", "auth: github.com/acme/app/auth/v2/x1", "hf_model", "npm_config_cache=/tmp/x1",
        "pat.match(x)",
        "commit: 9fceb02d0ae598e95dc970b74767f19372d61af8", "checksum=d41d8cd98f00b204e9800998ecf8427e", "v1.0-beta",
        "SG.md",
    ])
    func `leaves alone what only looks like one`(text: String) {
        #expect(Redactor.standard.redacting(text) == Redactor.Redacted(text: text, counts: [:]))
    }

    @Test func `done twice changes nothing more`() {
        let text = Self.planted.map(\.text).joined(separator: " ") + " postgres://a:b1c2d3e4@h/ password=hunter2hunter2"
        let once = Redactor.standard.redacting(text)

        #expect(Redactor.standard.redacting(once.text) == Redactor.Redacted(text: once.text, counts: [:]))
        #expect(once.counts.values.reduce(0, +) >= Self.planted.count)
    }

    @Test func `covers texts and arguments of an activity and counts`() {
        let secret = "ghp_" + Self.noise(36)
        let event = Event(
            number: 1,
            actor: .agent,
            kind: .toolCall,
            text: "push \(secret)",
            tool: Event.Tool(name: "Bash", arguments: "{\"command\":\"push \(secret)\"}"),
            line: 1
        )

        let redacted = Redactor.standard.redacting(Activity(format: "test", events: [event]))

        #expect(!"\(redacted)".contains(secret))
        #expect(redacted.redactions == ["github-token": 2])
    }
}
