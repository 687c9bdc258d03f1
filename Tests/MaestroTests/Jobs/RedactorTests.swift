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

    static let planted: [(rule: String, text: String)] = [
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
        ("airtable-token", "pat" + noise(14) + "." + noise(64, hex)),
        ("age-key", "AGE-SECRET-KEY-1" + noise(58, upper)),
        ("maestro-token", "mst_" + noise(43)),
        ("azure-signature", "sig=" + noise(44) + "%3D"), ("aws-signature", "X-Amz-Signature=" + noise(64, hex)),
        ("aws-session-token", "X-Amz-Security-Token=" + noise(300)), ("fly-token", "fm2_" + noise(90)),
        ("netlify-token", "nfp_" + noise(36)), ("pulumi-token", "pul-" + noise(40, hex)),
        ("tailscale-key", "tskey-auth-" + noise(40)), ("gitlab-token", "gldt-" + noise(20)),
        ("gitlab-token", "glrt-" + noise(20)), ("gitlab-token", "glptt-" + noise(40)),
        ("gitlab-token", "glcbt-" + noise(25)), ("gitlab-token", "gloas-" + noise(64)),
        ("gitlab-token", "glsoat-" + noise(20)), ("github-token", "ghu_" + noise(36)),
        ("github-token", "ghs_" + noise(36)), ("github-token", "ghr_" + noise(76)),
        ("atlassian-token", "ATCTT3" + noise(180)), ("sonar-token", "squ_" + noise(40, hex)),
        ("sourcegraph-token", "sgp_" + noise(40, hex)), ("openai-key", "sk-svcacct-" + noise(100)),
        ("openai-key", "sk-admin-" + noise(100)), ("langsmith-key", "lsv2_pt_" + noise(43)),
        ("pinecone-key", "pcsk_" + noise(70)), ("tavily-key", "tvly-dev-" + noise(32)),
        ("slack-token", "xoxp-" + noise(70)), ("slack-token", "xoxa-" + noise(50)),
        ("slack-token", "xoxs-" + noise(50)),
        ("slack-token", "xoxr-" + noise(50)), ("slack-token", "xoxe-" + noise(100)),
        ("slack-token", "xoxe.xoxp-" + noise(100)), ("discord-webhook", "discordapp.com/api/webhooks/" + noise(90)),
        ("brevo-key", "xkeysib-" + noise(64, hex) + "-" + noise(16)), ("stripe-key", "sk_test_" + noise(24)),
        ("stripe-key", "rk_test_" + noise(24)), ("square-token", "sq0csp-" + noise(43)),
        ("square-token", "EAAA" + noise(60)), ("shopify-token", "shpss_" + noise(32, hex)),
        ("shopify-token", "shpca_" + noise(32, hex)), ("shopify-token", "shppa_" + noise(32, hex)),
        ("vault-token", "hvb." + noise(120)), ("doppler-token", "dp.st.dev." + noise(43)),
        ("grafana-token", "glc_" + noise(120)), ("digitalocean-token", "doo_v1_" + noise(64, hex)),
        ("notion-token", "secret_" + noise(43)), ("dropbox-token", "sl." + noise(140)),
        ("onepassword-token", "ops_eyJ" + noise(200)), ("telegram-token", "123456789:AA" + noise(33)),
        ("discord-token", "MTA5" + noise(20) + ".GabcDe." + noise(38)),
        ("jwt", "eyJ" + noise(300) + ".eyJ" + noise(6000) + "." + noise(86)),
        ("jwt", "eyJ" + noise(30) + ".eyJ" + noise(60) + "." + noise(43)), ("bearer-token", noise(40)),
    ]

    @Test(arguments: planted.indices)
    func `replaces every planted secret by its type, wherever it stands`(index: Int) {
        let (rule, secret) = Self.planted[index]
        let introduction = rule == "bearer-token" ? "Authorization: Bearer " : ""
        for (before, after) in [
            ("", ""), ("key is ", " ok"), ("{\"k\":\"", "\"}"), ("\\n", "\\n"), ("export X=", "\n"), ("ü", "ü"),
            ("{\\\"k\\\":\\\"", "\\\"}"), ("\\u0022", "\\u0022"), ("x%3D", " "), ("\u{1B}[0;32m", "\u{1B}[0m"),
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
        ("redis://:p4ssw0rd@host:6379", "redis://:[secret:url-password]@host:6379"),
        ("amqp://u:p@ss,w0rd@host/v", "amqp://u:[secret:url-password]@host/v"),
        ("access_token=a8Fk29xLm40qPz71Tn", "access_token=[secret:keyed-value]"),
        ("GITHUB_TOKEN: a8Fk29xLm40qPz71Tn", "GITHUB_TOKEN: [secret:keyed-value]"),
        ("{\\\"password\\\": \\\"k9Lm2Qx8\\\"}", "{\\\"password\\\": \\\"[secret:password]\\\"}"),
        ("\"clientSecret\":\"a8Fk29xLm40qPz71Tn\"", "\"clientSecret\":\"[secret:keyed-value]\""),
        ("\"SecretAccessKey\": \"a8Fk29xLm40qPz71Tn+/3\"", "\"SecretAccessKey\": \"[secret:keyed-value]\""),
        ("password := \"k9Lm2Qx8\"", "password := \"[secret:password]\""),
        ("'password' => 'k9Lm2Qx8'", "'password' => '[secret:password]'"),
        ("PASSWORD='correct!horse@battery'", "PASSWORD='[secret:password]'"),
        ("DB_PASS=k9Lm2Qx8", "DB_PASS=[secret:password]"),
        ("PGPASSWORD=k9Lm2Qx8 psql", "PGPASSWORD=[secret:password] psql"),
        ("<password>k9Lm2Qx8</password>", "<password>[secret:password]</password>"),
        ("login --password k9Lm2Qx8 -v", "login --password [secret:password] -v"),
        ("Password:\\nk9Lm2Qx8", "Password:\\nk9Lm2Qx8"),
    ])
    func `replaces secrets that only their place gives away`(text: String, expected: String) {
        #expect(Redactor.standard.redacting(text).text == expected)
    }

    @Test func `replaces a long session token`() {
        let text = "\"SessionToken\": \"\(Self.noise(900))==\""
        #expect(Redactor.standard.redacting(text).text == "\"SessionToken\": \"[secret:keyed-value]\"")
    }

    @Test(arguments: ["\n", "\\n"])
    func `replaces a private key as a whole, also a cut one`(lineBreak: String) {
        let begin = "-----BEGIN RSA " + "PRIVATE KEY-----"
        let end = "-----END RSA " + "PRIVATE KEY-----"
        let body = lineBreak + Self.noise(64) + lineBreak + Self.noise(64) + lineBreak

        #expect(Redactor.standard.redacting("a \(begin)\(body)\(end) b").text == "a [secret:private-key] b")
        #expect(Redactor.standard.redacting("a \(begin)\(body)").text == "a [secret:private-key]\(lineBreak)")
    }

    @Test(arguments: [
        "if s.contains(\"-----BEGIN RSA " + "PRIVATE KEY-----\") { return true }",
        "let begin = \"-----BEGIN " + "PRIVATE KEY-----\"; let end = \"-----END " + "PRIVATE KEY-----\"",
    ])
    func `leaves code alone that only speaks of private keys`(text: String) {
        #expect(Redactor.standard.redacting(text) == Redactor.Redacted(text: text, counts: [:]))
    }

    @Test func `replaces a numbered or encrypted private key, and nothing behind a cut one`() {
        let begin = "-----BEGIN RSA " + "PRIVATE KEY-----"
        let end = "-----END RSA " + "PRIVATE KEY-----"
        let line = Self.noise(64)
        let numbered = "     1→\(begin)\n     2→\(line)\n     3→\(line)\n     4→abc=\n     5→\(end)\n     6→}"
        let encrypted =
            "\(begin)\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,\(Self.noise(32, Self.hex))\n\n\(line)\n\(end)."
        let prose =
            "\nthen a log goes on with words of its own, and every one of them is kept, since none of it is a key"

        #expect(Redactor.standard.redacting(numbered).text == "     1→[secret:private-key]\n     6→}")
        #expect(Redactor.standard.redacting(encrypted).text == "[secret:private-key].")
        #expect(
            Redactor.standard.redacting("\(begin)\n\(line)\n\(line)\(prose)").text == "[secret:private-key]\(prose)"
        )
    }

    static let harmless = [
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "id 123e4567-e89b-12d3-a456-426614174000",
        "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
        "task-1234567890abcdef1234567890abcdef",
        "risk-assessment-of-2026",
        "disk-0a1b2c3d4e5f67890a1b2c3d4e5f6789",
        "password=getPassword()",
        "password: ${DB_PASSWORD}",
        "password=$DB_PASSWORD1",
        "password: %DB_PASS_1%",
        "password = self.password1",
        "token = os.environ[\"TOKEN\"]",
        "token = process.env.GITHUB_TOKEN_2",
        "token: config.auth.token2",
        "api_key: <your key here>",
        "secret: xxxxxxxxxxxxxxxx",
        "the password is wrong",
        "password: string",
        "password: required",
        "Password: ********",
        "https://example.com/a:b@c",
        "https://example.com:8080/path@v2",
        "https://user:password@host/x",
        "https://user:$TOKEN@host/x",
        "https://user:{token}@host/x",
        "ssh://git@github.com:22/acme/app.git",
        "http://localhost:3000/@vite/client",
        "https://registry.npmjs.org/@types/node",
        "user:pass",
        "git@github.com:acme/app.git",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "Bearer of bad news everywhere today",
        "Bearer authentication-middleware-of-the-app",
        "Basic authentication",
        "Basic implementation/configuration of things",
        "basic setup of 12 things",
        "Basic internationalization",
        "key-value-store-of-the-application",
        "SKU12345678",
        "token: 42",
        "tokens: 1234567890",
        "max_tokens=1500",
        "\"auth\": \"none\"",
        "\"auth_method\": \"oauth2\"",
        "ghp_short",
        "sk-short1",
        "sk-learn-contrib-2024",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "eyJhbGciOiJIUzI1NiJ9",
        "password=/etc/app/password2.txt",
        "password_file: ~/.config/app/pass1.txt",
        "pwd: /srv/team1/project2",
        "PWD=/srv/team1/project2",
        "[secret:github-token]",
        "http://[::1]:8080/",
        "a//b",
        "SECRET_KEY_BASE",
        "auth: github.com/acme/app/auth/v2/x1",
        "hf_model",
        "npm_config_cache=/tmp/x1",
        "pat.match(x)",
        "path/to/some/deeply/nested/directory/structure/with/many/parts/and/a/file-name-2026.swift",
        "commit: 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "checksum=d41d8cd98f00b204e9800998ecf8427e",
        "v1.0-beta",
        "SG.md",
        "PASS: TestUser12 (0.01s)",
        "pass: test_abc_123_xyz",
        "--- PASS: TestLogin2 (0.00s)",
        "secret: my-app-tls-2026",
        "secretName: db-credentials-prod-v2",
        "imagePullSecrets: registry-secret-2",
        "secret = kubernetes.io/service-account-token2",
        "token = parser.nextToken2",
        "token := lexer.Next2()",
        "csrf_token = generate_token(32)",
        "author: Jane Doe 2026",
        "\"token\": \"TOKEN_PLACEHOLDER_1234567\"",
        "\"token_type\": \"bearer\"",
        "token_type=Bearer&expires_in=3600",
        "Unexpected token: punc2",
        "passthrough: enabled12345",
        "compass: north-12345678",
        "bypass=abc12345678",
        "--token-limit 4096",
        "--password-stdin",
        "let privateKey: Curve25519.KeyAgreement.PrivateKey", "static let clientAuth: ASN1ObjectIdentifier = x",
        "--no-auth 12345678",
        "--secret my-app-tls-2026",
        "ya29.",
        "xoxb-",
        "key-0123",
        "dapi-docs",
        "SKELETON0123456789",
        "EAAAAA",
        "secret_santa_list_of_2026",
        "sl.wikipedia.org",
        "lsv2_x",
        "squ_are",
        "AIzaShort",
        "https://hooks.slack.com/services/",
        "discord.com/api/webhooks/123",
        "MTV.com.is a site",
        "NDA.signed.today",
        "OTHER.things.and more",
        "Mjolnir.io",
        "1234:AAA",
        "12:34:56 AA BB",
        "2026-11-23T08:00:00.000Z",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "\"integrity\": \"sha512-abc1+def2==\"",
        "\"resolved\": \"https://registry.npmjs.org/a/-/a-1.0.0.tgz#sha1hash12345\"",
        "Authorization: Bearer <token>",
        "Authorization: Bearer ${TOKEN}",
        "Authorization: Bearer YOUR_API_KEY_GOES_HERE_123",
        "curl -H \"Authorization: Bearer $TOKEN\"",
        "api_key=os.getenv(\"KEY1\")",
        "apiKey: process.env.OPENAI_API_KEY_2",
        "const password = document.getElementById(\"pw1\")",
        "password: z.string().min(8)",
        "password: String! @deprecated1",
        "def login(password: str, token2: str)",
        "\"password\": \"string1\"",
        "password123",
        "toolu_014BtLv7UEAoKLVEpEQpQzse",
        "msg_01LSpKJ4N1kTsmRudeCDYJ9t",
        "req_011CXXGSDMZyQmQZDoeZCnS4",
        "call_AbC123dEf456GhI789",
        "chatcmpl-9abcDEFghi123JKLmno456",
    ]

    @Test(arguments: harmless)
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
