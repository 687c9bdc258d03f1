// SPDX-License-Identifier: Apache-2.0

/// The words by which a ``Directive`` is told, as data.
enum DirectiveWording {
    static let leadIns: Set = [
        "ok", "okay", "great", "thanks", "thank you", "also", "and", "so", "but", "oh", "hey", "well", "alright",
        "then",
        "yes", "no", "right", "good", "nice", "perfect", "cool", "please", "note", "important", "reminder",
        "one more thing", "btw", "by the way", "looks good", "lgtm",
    ]

    static let futures = [
        "from now on", "from here on", "in future", "in the future", "for the future", "for future reference",
        "going forward", "next time", "as a rule",
    ]

    static let conditions: Set = ["when", "whenever", "if", "before", "after", "for", "in", "once", "every"]

    /// Open a clause; what follows must be the agent's own work, since "always sort by name" speaks of a program.
    static let triggers = ["always", "never", "never ever", "don't ever", "do not ever", reminder]

    /// The trigger that errands open with, too.
    static let reminder = "remember to"

    /// Open a clause that can only be an order.
    static let orders = [
        "remember to always", "remember to never", "make sure to always", "make sure you always",
        "make sure that you always",
        "be sure to always", "you should always", "you should never", "you must always", "you must never",
        "you need to always", "i want you to always", "i want you to never", "i'd like you to always",
    ]

    /// What may stand between "from now on" and its verb.
    static let openings = [
        "please", "always", "never", "don't", "do not", "don't ever", "only", "just", "also", "let's", "you should",
        "you must", "you need to", "you have to", "i want you to", "i'd like you to", "make sure to", "make sure you",
        "make sure that you", "be sure to", "remember to",
    ]

    /// What bounds a sentence to this job.
    static let bounds = [
        "this time", "for now", "today", "tonight", "now", "at the moment", "temporarily", "just once", "this once",
        "here", "until", "above", "below", "following", "tomorrow", "yesterday", "next week", "this week", "this month",
        "such a",
        "ask yourself",
    ]

    /// What takes a sentence back, makes fun of it, or says that it is somebody else's.
    static let hedges = [
        "i think", "i guess", "i suppose", "maybe", "perhaps", "probably", "lol", "haha", "kidding", "they say",
        "as they", "said", "says", "wrote", "told me", "tells me", "is what", "isn't it", "right", "we are done",
        "we're done",
    ]

    /// Words at the end that point at what is gone when an entry is read: "never use force push for this".
    static let lastPointers: Set = ["this", "that", "these", "those", "it", "them"]

    /// What makes "remember to …" more than an errand: "remember to bump the version with each release".
    static let recurrences: Set = [
        "each", "every", "always", "never", "whenever", "before", "after", "all", "any", "you",
    ]

    /// Open a condition.
    ///
    /// What follows bare "always" and "never" must then be somebody at work: "never write to the log if the disk is full"
    /// is how a program shall behave.
    static let inlineConditions: Set = ["if", "when", "while", "unless", "otherwise"]

    /// Who is at work.
    static let workers: Set = ["you", "we", "i", "i'm", "you're", "asked", "told", "done", "finished"]

    /// What comes before a value that no entry may hold.
    static let credentials: Set = ["password", "passphrase", "passcode", "passwort", "pin"]

    /// What a number behind it makes a thing of this conversation.
    static let numbered: Set = [
        "answer", "issue", "item", "line", "mr", "option", "page", "point", "pr", "question", "section", "step", "task",
        "ticket",
    ]

    /// Before a hyphen and digits these name a standard, not a ticket.
    static let standards: Set = ["aes", "cve", "hmac", "http", "iso", "pep", "rfc", "rsa", "sha", "utf"]

    /// What is gone when an entry is read: "in this commit".
    static let passing: Set = [
        "pr", "ticket", "issue", "sprint", "commit", "case", "branch", "session", "task", "file", "files", "function",
        "test", "tests", "change",
        "one",
        "feature", "fix", "bug", "job", "step", "line", "class", "method", "release", "conversation", "chat",
    ]

    /// Futures that plans for a program also speak of: "in the future, add support for plugins".
    static let vagueFutures: Set = ["in future", "in the future", "for the future"]

    /// What a person says behind their sentence.
    static let closings = ["thanks", "thank you", "thx", "please", "pls", "ok", "okay"]

    /// Objects that point at words that are gone when an entry is read.
    static let pointers: Set = [
        "it", "that", "this", "these", "those", "them", "him", "her", "so", "one", "both", "everything", "anything",
        "something", "of", "is", "was",
    ]

    /// What "this" may point at all the same: the entry belongs to it.
    static let places: Set = ["repo", "repository", "project", "codebase", "package", "monorepo"]

    /// Say nothing alone: "always do your best work".
    static let vague: Set = [
        "always", "never", "ever", "again", "like", "thing", "stuff", "way", "dont", "don", "not", "just", "only",
        "sure",
        "here", "now", "next", "time", "future", "one", "new", "old", "same", "other", "first", "second", "last",
        "version", "option", "approach", "everything", "anything", "something", "all", "more", "less", "lot", "instead",
        "too", "well", "good", "better", "best", "right", "proper", "correct", "clean", "careful", "code", "work",
        "mind", "own", "judgement", "judgment", "gut", "goals", "brain", "head", "eyes", "sense", "common",
        "done", "finish", "these", "those", "them", "above", "below", "also", "before", "after", "job", "answer",
        "stop",
    ]

    /// Forbid what follows.
    static let prohibitions: Set = ["never", "don't", "not", "avoid", "stop"]

    /// Say how strongly something is ordered, not what; as ``Words`` folds them.
    static let polarity: Set = ["alway", "ever", "don", "dont", "now", "remember", "must", "should"]

    /// Subjects of a statement to remember.
    static let subjects: Set = [
        "we", "our", "all", "every", "each", "this", "the", "a", "an", "i", "my", "there", "only", "in", "on", "for",
        "no",
        "any", "most", "they", "it", "it's", "when", "if", "tests", "everything",
    ]

    private static let finite: Set = [
        "is", "are", "was", "has", "have", "must", "should", "can", "can't", "cannot", "will", "won't", "do", "does",
        "don't", "doesn't", "isn't", "aren't", "never", "always", "need", "needs", "want", "prefer", "hate",
    ]

    /// Whether a word is a verb that makes a statement of a phrase: "is", "deploys", "use".
    static func isFinite(_ word: String) -> Bool {
        finite.contains(word) || verbs.contains(word) || word.hasSuffix("s") && verbs.contains(String(word.dropLast()))
    }

    /// What an agent does, rather than what a program does that it writes.
    static let workVerbs: Set = [
        "add", "amend", "announce", "answer", "ask", "assume", "avoid", "benchmark", "build", "bump", "change", "check",
        "cite", "clean", "comment", "commit", "compile", "confirm", "consult", "copy", "cover", "create", "debug",
        "delete", "deploy", "describe", "disable", "document", "double-check", "edit", "enable", "ensure", "explain",
        "fetch", "fix", "follow", "force-push", "format", "generate", "guess", "hardcode", "hard-code", "ignore",
        "implement", "import", "include", "inline", "install", "invent", "investigate", "keep", "leave", "lint", "link",
        "list", "look", "make", "mention", "merge", "mock", "modify", "move", "name", "omit", "overwrite", "pin",
        "plan",
        "prefer", "prefix", "preserve", "propose", "publish", "pull", "push", "quote", "read", "rebase", "refactor",
        "reference", "regenerate", "rely", "remove", "rename", "reply", "report", "reproduce", "request", "respect",
        "respond",
        "revert", "review", "rewrite", "run", "search", "sign", "skip", "split", "squash", "stage", "start", "state",
        "stick",
        "stop", "suggest", "summarise", "summarize", "tag", "tell", "test", "touch", "translate", "treat", "try",
        "type-check", "update", "upgrade", "use", "validate", "verify", "wait", "wrap", "write",
    ]

    /// Verbs of work that programs are told, too: "always check if the user is logged in".
    static let sharedVerbs: Set = [
        "add", "assume", "check", "change", "clean", "confirm", "copy", "create", "delete", "disable", "enable",
        "fetch",
        "generate", "ignore", "import", "include", "keep", "leave", "list", "look", "make", "modify", "move", "omit",
        "overwrite", "pin", "prefer", "preserve", "read", "remove", "reply", "request", "respond", "search", "skip",
        "start",
        "state", "stop", "suggest", "tag", "treat", "try", "update", "upgrade", "validate", "verify", "wait", "wrap",
    ]

    /// Verbs of style, which need a word of ``codeWords`` or ``workWords``: "always use blue for the button".
    static let styleVerbs: Set = ["avoid", "prefer", "test", "use", "write"]

    /// Words that place "always use …" in how code is written.
    static let codeWords: Set = [
        "abbreviations", "assertions", "async", "camelcase", "cargo", "constants", "decorators", "docstring",
        "docstrings", "emoji", "emojis", "enum", "enums", "exceptions", "fixtures", "generics", "globals", "golang",
        "hints", "indentation", "interfaces", "java", "javascript", "jest", "kotlin", "libraries", "library", "macros",
        "mocks", "naming", "npm", "optionals", "pip", "pnpm", "pytest", "python", "quotes", "ruby", "rust",
        "semicolons", "singletons", "snake_case", "spaces", "structs", "swift", "tabs", "typescript", "unwrap",
        "variables", "yarn",
    ]

    /// Words that place a sentence in the agent's work.
    static let workWords: Set = [
        "you", "your", "me", "my", "we", "our", "us", "commit", "commits", "committing", "co-author", "co-authored-by",
        "push", "pushing", "merge", "merging", "pr", "prs", "branch", "branches", "main", "master", "git", "test",
        "tests",
        "testing", "suite", "lint", "linter", "format", "formatter", "ci", "build", "builds", "doc", "docs",
        "documentation", "readme", "changelog", "comment", "comments", "code", "function", "functions", "class",
        "classes",
        "file", "files", "imports", "types", "plan", "diff", "review", "issue", "issues", "repo", "repository",
        "project",
        "makefile", "makefiles", "dependency", "dependencies", "package", "packages", "migration", "migrations",
        "script",
        "scripts", "refactoring", "english", "german", "french", "spanish", "italian", "chinese", "japanese",
    ]

    /// All that a plain order may order.
    static let verbs: Set = workVerbs.union([
        "allow", "call", "close", "define", "display", "give", "handle", "hide", "log", "open", "pass", "print",
        "provide",
        "put", "return", "save", "send", "set", "show", "sort", "speak", "store", "structure",
        "switch",
    ])
}
