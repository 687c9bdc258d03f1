// SPDX-License-Identifier: Apache-2.0

/// The difference of two texts, by lines, as `diff -u` prints it.
///
/// Bounded: where more than ``maxLines`` lines differ between the common start and end, they are shown as one block
/// removed and one added, which is correct and costs nothing.
package struct UnifiedDiff: Hashable, Sendable {
    /// The lines of all hunks with their headers; empty where the texts are equal.
    package let lines: [String]

    private static let maxLines = 2000

    /// Shows `context` equal lines around every difference.
    package init(from old: String, to new: String, context: Int = 3) {
        let (before, after) = (Self.split(old), Self.split(new))
        let steps = Self.steps(from: before, to: after)
        lines = Self.hunks(of: steps, context: context)
    }

    package var isEmpty: Bool { lines.isEmpty }

    /// The whole text with file headers; a nil name stands for a file that does not exist.
    package func text(from oldName: String?, to newName: String?) -> String {
        guard !isEmpty else { return "" }
        let header = ["--- \(oldName ?? "/dev/null")", "+++ \(newName ?? "/dev/null")"]
        return (header + lines).map { $0 + "\n" }.joined()
    }

    private enum Step {
        case keep(Substring)
        case remove(Substring)
        case add(Substring)
    }

    /// Lines with their line breaks, so that a last one without differs from one with.
    private static func split(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var rest = text[...]
        // By bytes: CR LF is one character, and none of them equals LF.
        while let end = rest.utf8.firstIndex(of: UInt8(ascii: "\n")) {
            let next = rest.utf8.index(after: end)
            lines.append(rest[..<next])
            rest = rest[next...]
        }
        return rest.isEmpty ? lines : lines + [rest]
    }

    private static func steps(from old: [Substring], to new: [Substring]) -> [Step] {
        var start = 0
        while start < min(old.count, new.count), equal(old[start], new[start]) { start += 1 }
        var end = 0
        while end < min(old.count, new.count) - start, equal(old[old.count - 1 - end], new[new.count - 1 - end]) {
            end += 1
        }
        let (oldMiddle, newMiddle) = (Array(old[start..<old.count - end]), Array(new[start..<new.count - end]))
        return old[..<start].map { .keep($0) } + middle(from: oldMiddle, to: newMiddle)
            + old[(old.count - end)...].map { .keep($0) }
    }

    private static func middle(from old: [Substring], to new: [Substring]) -> [Step] {
        guard old.count + new.count <= maxLines else { return old.map { .remove($0) } + new.map { .add($0) } }
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in new.difference(from: old, by: equal) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var steps: [Step] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if removed.contains(left) {
                steps.append(.remove(old[left]))
                left += 1
            } else if added.contains(right) {
                steps.append(.add(new[right]))
                right += 1
            } else {
                steps.append(.keep(old[left]))
                left += 1
                right += 1
            }
        }
        return steps
    }

    private static func hunks(of steps: [Step], context: Int) -> [String] {
        let changed = steps.indices.filter { if case .keep = steps[$0] { false } else { true } }
        var ranges: [Range<Int>] = []
        for index in changed {
            let range = max(0, index - context)..<min(steps.count, index + context + 1)
            if let last = ranges.last, range.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        var (done, left, right) = (0, 1, 1)
        return ranges.flatMap { range -> [String] in
            advance(&left, &right, over: steps[done..<range.lowerBound])
            let (firstLeft, firstRight) = (left, right)
            advance(&left, &right, over: steps[range])
            done = range.upperBound
            let header = "@@ -\(span(firstLeft, left - firstLeft)) +\(span(firstRight, right - firstRight)) @@"
            return [header] + steps[range].flatMap(shown)
        }
    }

    private static func advance(_ left: inout Int, _ right: inout Int, over steps: ArraySlice<Step>) {
        for step in steps {
            switch step {
            case .keep:
                left += 1
                right += 1
            case .remove: left += 1
            case .add: right += 1
            }
        }
    }

    private static func span(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start)" : "\(count == 0 ? start - 1 : start),\(count)"
    }

    private static func shown(_ step: Step) -> [String] {
        let (mark, line) =
            switch step {
            case .keep(let line): (" ", line)
            case .remove(let line): ("-", line)
            case .add(let line): ("+", line)
            }
        guard line.utf8.last == UInt8(ascii: "\n") else { return [mark + line, "\\ No newline at end of file"] }
        return [mark + String(decoding: line.utf8.dropLast(), as: UTF8.self)]
    }

    private static func equal(_ left: Substring, _ right: Substring) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
