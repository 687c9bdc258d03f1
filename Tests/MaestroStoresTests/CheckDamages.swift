// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath

/// What can be done to a data folder by hand, with what the check says about it.
extension `A check` {
    static let indexDamages = [
        Damage("the index without its second line", .indexEdited) { try $0.editLines { $0.remove(at: 1) } },
        Damage("the index without its last line", .indexShort) { try $0.editLines { $0.removeLast() } },
        Damage("a line of the index edited", .indexEdited) { bench in
            try bench.editLines { $0[1] = $0[1].replacing("applied", with: "abstained") }
        },
        Damage("two lines of the index swapped", .indexEdited) { try $0.editLines { $0.swapAt(0, 1) } },
        Damage("a line of the index twice", .indexEdited) { try $0.editLines { $0.insert($0[0], at: 0) } },
        Damage("a line more at the end", .indexLonger) { try $0.editLines { $0.append($0[0]) } },
        Damage("the last line torn", .indexTorn) { bench in
            try bench.local.write(String(try bench.local.read(bench.index).dropLast(30)), to: bench.index)
        },
        Damage("words of a person at the end", .indexTorn) { bench in
            try bench.local.write(try bench.local.read(bench.index) + "my note", to: bench.index)
        },
        Damage("an empty index", .indexShort) { try $0.local.write("", to: $0.index) },
        Damage("no index", .indexMissing) { try $0.remove($0.index) },
        Damage("a link instead of the index", .indexEdited) { bench in
            try bench.remove(bench.index)
            try FileManager.default.createSymbolicLink(
                atPath: bench.local.file(bench.index).string,
                withDestinationPath: "elsewhere"
            )
        },
        Damage("no reflections folder", .reflectionsMissing) { try $0.remove("reflections") },
    ]

    static let snapshotDamages = [
        Damage("a snapshot's text changed", .snapshotDiffers) { bench in
            try bench.local.write("mine", to: "\(bench.snapshot(1))/before/\(try bench.entry("one"))")
        },
        Damage("a snapshot's text removed", .snapshotDiffers) { bench in
            try bench.remove("\(bench.snapshot(1))/after/\(try bench.entry("one"))")
        },
        Damage("a file added to a snapshot", .snapshotDiffers) { bench in
            try bench.local.write("mine", to: "\(bench.snapshot(1))/notes.txt")
        },
        Damage("a manifest torn", .snapshotDiffers) { bench in
            let manifest = "\(bench.snapshot(0))/manifest.json"
            try bench.local.write(String(try bench.local.read(manifest).dropLast(40)), to: manifest)
        },
        Damage("a snapshot removed", .snapshotMissing) { try $0.remove($0.snapshot(2)) },
        Damage("a file instead of a snapshot", .snapshotDiffers) { bench in
            try bench.remove(bench.snapshot(0))
            try bench.local.write("mine", to: bench.snapshot(0))
        },
        Damage("a snapshot that nobody knows", .snapshotUnknown) { bench in
            try bench.local.write("{}", to: "reflections/0123456789abcdef/manifest.json")
        },
    ]

    static let temporaryDamages = [
        Damage("a temporary text that history has", .temporaryFile) { bench in
            let entry = try bench.entry("one")
            let name = entry.replacing("one.md", with: ".one.md.\(bench.ids[1])~")
            try bench.local.write(bench.bench.text("one", "a rule"), to: name)
        },
        Damage("a temporary text cut off while it was written", .temporaryFile) { bench in
            let name = try bench.entry("one").replacing("one.md", with: ".one.md.\(bench.ids[1])~")
            try bench.local.write(String(bench.bench.text("one", "changed").prefix(20)), to: name)
        },
        Damage("a temporary text with a person's words", .temporaryFile) { bench in
            let name = try bench.entry("one").replacing("one.md", with: ".one.md.\(bench.ids[1])~")
            try bench.local.write("a person's words", to: name)
        },
        Damage("a snapshot half built", .temporaryFile) { bench in
            try bench.local.write("{", to: "reflections/.\(bench.ids[0])~/manifest.json")
        },
        Damage("a snapshot half built that nobody knows", .temporaryFile) { bench in
            try bench.local.write("{", to: "reflections/.0123456789abcdef~/manifest.json")
        },
        Damage("an index half written", .temporaryFile) { bench in
            let start = String(try bench.local.read(bench.index).prefix(500))
            try bench.local.write(start, to: "reflections/.index.jsonl~")
        },
    ]

    static let commitDamages = [
        Damage("a plan marked unapplied", .planUnapplied) {
            try await $0.sql("UPDATE plans SET applied = 0 WHERE reflection = '\($0.ids[1])'")
        },
        Damage("a snapshot that the power took", .planUnapplied) {
            try await $0.sql("UPDATE plans SET boot = 'another' WHERE reflection = '\($0.ids[1])'")
            try FileManager.default.removeItem(atPath: $0.local.file("reflections/\($0.ids[1])/before").string)
        },
        Damage("a commit without plan", .commitWithoutPlan, left: [.commitWithoutPlan]) {
            try await $0.sql(
                """
                DELETE FROM index_lines WHERE sequence = 3;
                DELETE FROM operations WHERE reflection = '\($0.ids[2])';
                DELETE FROM plans WHERE reflection = '\($0.ids[2])';
                """
            )
        },
        Damage("a line of the database's chain gone", .chainBroken, left: [.chainBroken, .commitWithoutPlan]) {
            try await $0.sql("DELETE FROM index_lines WHERE sequence = 2")
        },
        Damage("an operation of no plan", .foreignKeyBroken, left: [.foreignKeyBroken]) {
            try await $0.sql("UPDATE operations SET plan = 99 WHERE reflection = '\($0.ids[0])' AND ordinal = 1")
        },
    ]

    static let queueDamages = [
        Damage("a running job without holder", .jobWithoutHolder) {
            _ = try await $0.bench.claim("d", in: try await $0.local.open())
            try await $0.sql("UPDATE jobs SET worker = NULL, lease_token = NULL, leased_until = NULL WHERE id = 'd'")
        },
        Damage("a running job whose process died", .jobWithoutHolder) {
            _ = try await $0.bench.claim("d", in: try await $0.local.open())
            try await $0.sql("UPDATE jobs SET worker = 'died' WHERE id = 'd'")
        },
        Damage("two running jobs", .runningTwice, left: [.schemaDiffers, .runningTwice, .jobNotEnded]) {
            try await $0.sql(
                "DROP INDEX jobs_one_running; UPDATE jobs SET state = 'running', worker = NULL WHERE id IN ('a', 'b')"
            )
        },
        Damage("a committed job that runs on", .jobNotEnded) {
            try await $0.sql("UPDATE jobs SET state = 'running', ended_at = NULL WHERE id = 'b'")
        },
        Damage("a committed job in the queue", .jobNotEnded) {
            try await $0.sql("UPDATE jobs SET state = 'queued', ended_at = NULL WHERE id = 'b'")
        },
        Damage("a dead job with a commit", .jobWithoutReflection, left: [.jobWithoutReflection]) {
            try await $0.sql("UPDATE jobs SET state = 'dead' WHERE id = 'b'")
        },
        Damage(
            "a done job without reflection",
            .jobWithoutReflection,
            left: [.jobWithoutReflection, .changeWithoutReflection]
        ) {
            try await $0.sql("DELETE FROM reflections WHERE id = '\($0.ids[0])'")
        },
        Damage(
            "changes without their reflection",
            .changeWithoutReflection,
            left: [.jobWithoutReflection, .changeWithoutReflection]
        ) {
            try await $0.sql("DELETE FROM reflections WHERE id = '\($0.ids[1])'")
        },
        Damage("a job of nobody", .jobWithoutUser) { try await $0.sql("DELETE FROM users") },
        Damage(
            "a second reflection on a job",
            .reflectionWithoutJob,
            left: [.reflectionWithoutJob, .jobWithoutReflection]
        ) {
            try await $0.sql("UPDATE jobs SET reflection = 'other' WHERE id = 'a'")
        },
        Damage("a done job without metric row", .metricMissing) {
            try await $0.sql("DELETE FROM metrics WHERE job = 'a'")
        },
        Damage("two metric rows of a job", .metricWithoutJob) {
            try await $0.sql(
                """
                INSERT INTO metrics SELECT 'second', job, user, piece, outcome, memory_changes, piece_edited, tokens_in,
                    tokens_out, duration_ms, at FROM metrics WHERE job = 'a'
                """
            )
        },
        Damage("a reply that was not erased", .replyNotErased) {
            try await $0.sql("INSERT INTO replies VALUES ('\($0.ids[0])', 'the words', '{}', '{}', 0)")
        },
        Damage("an attempt of no job", .attemptsInconsistent, left: [.attemptsInconsistent]) {
            try await $0.sql("INSERT INTO attempts (reflection, started_at, duration_ms) VALUES ('none', 0, 0)")
        },
        Damage("a done job that was never claimed", .attemptsInconsistent, left: [.attemptsInconsistent]) {
            try await $0.sql("UPDATE jobs SET attempt = 0 WHERE id = 'a'")
        },
    ]

    static let schemaDamages = [
        Damage("a table's index gone", .schemaDiffers, left: [.schemaDiffers]) {
            try await $0.sql("DROP INDEX jobs_one_running")
        },
        Damage("a file for a user's folder", .checkFailed, left: [.checkFailed]) {
            try FileManager.default.removeItem(atPath: $0.local.file("").string)
            try Data().write(to: URL(filePath: $0.local.file("").string))
        },
        Damage("a line from before the database edited", .indexOlderBroken) { bench in
            try await bench.replaceDatabase()
            try bench.editLines { $0[0] = $0[0].replacing("applied", with: "abstained") }
        },
    ]
}
