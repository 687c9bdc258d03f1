// SPDX-License-Identifier: Apache-2.0

/// Finds the JSON object in the text of a reply: the whole text, else the last balanced object of the prose.
///
/// Thinking (``ThinkingMarks``) is never read. An object outside code fences is preferred to one inside, and one that
/// has our keys to any other. Work is bounded by a budget in bytes, so that no text makes this slow.
package struct ReplyText {
    /// The keys that make an object our reply.
    static let keys = ["reasoning", "memory_changes", "piece_edit"]

    private let bytes: [UInt8]
    private var index = 0
    private var budget: Int
    private var isInFence = false
    private var candidates: [(object: JSONValue, isInFence: Bool)] = []
    private var isTruncated = false
    /// What was accepted although JSON has it otherwise, one sentence each.
    private(set) var notes: [String] = []
    private var hasWordsOutsideThinking = false
    private var repairs: Set<JSONReader.Repair> = []

    package init(_ text: String) {
        bytes = Array(text.utf8)
        budget = bytes.count * 16 + 65_536
    }

    /// The object that the text holds.
    package mutating func object() throws(ReplyError) -> JSONValue {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count, Self.isSpace(bytes[start]) { start += 1 }
        guard start < bytes.count else { throw .empty }
        if let whole = try whole(from: start) { return try unwrapped(whole) }
        index = start
        scan()
        guard let found = best() else { throw isTruncated ? .truncated : hasWordsOutsideThinking ? .notJSON : .empty }
        notes.append("the object was taken from between other text")
        if index < bytes.count { notes.append("the reply was not read behind its byte \(index)") }
        return try unwrapped(found)
    }

    /// The value where the text is one JSON value and nothing else.
    private mutating func whole(from start: Int) throws(ReplyError) -> JSONValue? {
        var reader = JSONReader(bytes, at: start)
        do throws(JSONReader.Failure) {
            let value = try reader.value()
            reader.skipSpace()
            guard reader.index == bytes.count else { return nil }
            note(reader.repairs)
            return value
        } catch {
            budget -= reader.index - start
            if error == .tooDeep {
                throw .wrongShape("its JSON is nested more than \(JSONReader.maxDepth) levels deep")
            }
            return nil
        }
    }

    private mutating func scan() {
        while index < bytes.count, budget > 0 {
            budget -= 1
            if ThinkingMarks.firstBytes.contains(bytes[index]), passThinking() { continue }
            if starts(Self.fence) {
                isInFence.toggle()
                index += 3
            } else if bytes[index] == UInt8(ascii: "{") {
                hasWordsOutsideThinking = true
                readObject()
            } else {
                if !Self.isSpace(bytes[index]) { hasWordsOutsideThinking = true }
                index += 1
            }
        }
    }

    /// Passes over thinking that starts here, or forgets what stood before its end: servers swallow the opening mark.
    private mutating func passThinking() -> Bool {
        for marks in ThinkingMarks.all {
            if starts(marks.open) {
                index += marks.open.count
                while index < bytes.count, !starts(marks.close) { index += 1 }
                if index >= bytes.count { isTruncated = true }
                index = min(bytes.count, index + marks.close.count)
                return true
            }
            if starts(marks.close) {
                candidates = []
                isTruncated = false
                hasWordsOutsideThinking = false
                index += marks.close.count
                return true
            }
        }
        return false
    }

    private mutating func readObject() {
        var reader = JSONReader(bytes, at: index)
        do throws(JSONReader.Failure) {
            let object = try reader.value()
            budget -= reader.index - index
            index = reader.index
            repairs.formUnion(reader.repairs)
            candidates.append((object, isInFence))
        } catch {
            budget -= reader.index - index
            if error == .truncated {
                isTruncated = true
                // The answer itself breaks off: what stood before it was a draft.
                if hasOurKeys(from: index) { candidates = [] }
                index = bytes.count
            } else {
                index = balancedEnd() ?? index + 1
            }
        }
    }

    /// The index behind the object that starts here by counting braces; nil where they never close.
    private mutating func balancedEnd() -> Int? {
        var depth = 0
        var isInText = false
        var cursor = index
        while cursor < bytes.count, budget > 0 {
            budget -= 1
            switch bytes[cursor] {
            case UInt8(ascii: "\\") where isInText: cursor += 1
            case UInt8(ascii: "\""): isInText.toggle()
            case UInt8(ascii: "{") where !isInText: depth += 1
            case UInt8(ascii: "}") where !isInText:
                depth -= 1
                if depth == 0 { return cursor + 1 }
            default: break
            }
            cursor += 1
        }
        return nil
    }

    private mutating func best() -> JSONValue? {
        let ours = candidates.filter { Self.isOurs($0.object) }
        // Where the answer came in pieces, the one with the changes is worth the others.
        let full = ours.filter { Self.member("memory_changes", of: $0.object) != nil }
        let pool = ours.isEmpty ? (isTruncated ? [] : candidates) : full.isEmpty ? ours : full
        let found = pool.last { !$0.isInFence } ?? pool.last
        if found != nil { note(repairs) }
        if ours.count > 1 { notes.append("of \(ours.count) such objects one was taken, the others were ignored") }
        return found?.object
    }

    /// Our object inside a list of one, a text, or an object of one key: what some servers and models make of it.
    private mutating func unwrapped(_ value: JSONValue) throws(ReplyError) -> JSONValue {
        if Self.isOurs(value) { return value }
        switch value {
        case .array(let items):
            if items.count == 1, let first = items.first, Self.isOurs(first) {
                return unwrapping(first, from: "a list")
            }
        case .string(let text):
            var reader = JSONReader(Array(text.utf8))
            do throws(JSONReader.Failure) {
                let inner = try reader.value()
                if Self.isOurs(inner) { return unwrapping(inner, from: "a text") }
            } catch {
                throw .wrongShape("it is a text, not an object")
            }
        case .object(let members):
            let inner = members.map(\.value).filter(Self.isOurs)
            if inner.count == 1, let first = inner.first, value["properties"] == nil {
                return unwrapping(first, from: "another object")
            }
            throw .wrongShape("the object has none of the keys " + Self.keys.map { "`\($0)`" }.joined(separator: ", "))
        default: break
        }
        throw .wrongShape("it is \(value.kind), not an object")
    }

    private mutating func unwrapping(_ value: JSONValue, from place: String) -> JSONValue {
        notes.append("the object was taken out of \(place)")
        return value
    }

    private mutating func note(_ repairs: Set<JSONReader.Repair>) {
        notes += repairs.map(\.rawValue).sorted()
    }

    private static func isOurs(_ value: JSONValue) -> Bool { keys.contains { member($0, of: value) != nil } }
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D }
    private static let fence = Array("```".utf8)

    private func hasOurKeys(from start: Int) -> Bool {
        let rest = String(decoding: bytes[start...].prefix(4096), as: UTF8.self)
        return Self.keys.contains { rest.utf8.contains("\"\($0)\"".utf8) }
    }

    private func starts(_ word: [UInt8]) -> Bool {
        guard index + word.count <= bytes.count, bytes[index] == word[0] else { return false }
        return word.indices.allSatisfy { bytes[index + $0] == word[$0] }
    }
}

extension ReplyText {
    /// The member that is meant by one of our keys: `memoryChanges` and `memory-changes` are `memory_changes` too.
    static func member(_ key: String, of object: JSONValue) -> JSONValue.Member? {
        guard case .object(let members) = object else { return nil }
        return members.last { $0.key == key } ?? members.last { folded($0.key) == folded(key) }
    }

    private static func folded(_ key: String) -> String { key.lowercased().filter { $0 != "_" && $0 != "-" } }

    /// The changes of memory that stand in the reply's object.
    ///
    /// One alone is a list of one.
    package static func changes(of object: JSONValue) -> [JSONValue] {
        switch member("memory_changes", of: object)?.value {
        case .array(let items): items
        case .some(.object(let members)) where !members.isEmpty: [.object(members)]
        default: []
        }
    }

    package static func pieceEdit(of object: JSONValue) -> JSONValue? { member("piece_edit", of: object)?.value }
}
