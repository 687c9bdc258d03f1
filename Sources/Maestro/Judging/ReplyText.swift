// SPDX-License-Identifier: Apache-2.0

/// Finds the JSON object in the text of a reply: the whole text, else the last balanced object of the prose.
///
/// Thinking (`<think>…</think>`) is never read. An object outside code fences is preferred to one inside, and one that
/// has our keys to any other. Work is bounded by a budget in bytes, so that no text makes this slow.
struct ReplyText {
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
    private var repairs: Set<JSONReader.Repair> = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        budget = bytes.count * 16 + 65_536
    }

    /// The object that the text holds.
    mutating func object() throws(ReplyError) -> JSONValue {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count, Self.isSpace(bytes[start]) { start += 1 }
        guard start < bytes.count else { throw .empty }
        if let whole = try whole(from: start) { return try unwrapped(whole) }
        index = start
        scan()
        guard let found = best() else { throw isTruncated ? .truncated : hasWordsOutsideThinking ? .notJSON : .empty }
        notes.append("the object was taken from between other text")
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
            if starts("<think>") {
                skipThinking()
            } else if starts("</think>") {
                candidates = []
                isTruncated = false
                hasWordsOutsideThinking = false
                index += 8
            } else if starts("```") {
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

    private var hasWordsOutsideThinking = false

    private mutating func skipThinking() {
        index += 7
        while index < bytes.count, !starts("</think>") { index += 1 }
        if index >= bytes.count { isTruncated = true }
        index += 8
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
        let pool = ours.isEmpty ? (isTruncated ? [] : candidates) : ours
        let found = pool.last { !$0.isInFence } ?? pool.last
        if found != nil { note(repairs) }
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

    private static func isOurs(_ value: JSONValue) -> Bool { keys.contains { value[$0] != nil } }
    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    private func starts(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { word in
            index + word.count <= bytes.count && word.indices.allSatisfy { bytes[index + $0] == word[$0] }
        }
    }
}
