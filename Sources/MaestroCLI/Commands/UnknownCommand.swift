// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What somebody typed where a command stands, and that is none.
struct UnknownCommand: Error {
    let name: String

    /// Two letters off is a typing error; more is another word.
    private static let nearDistance = 2

    func failure(among names: [String]) -> Failure {
        let nearest = names.filter { EditDistance.between($0, name) <= Self.nearDistance }
            .min { EditDistance.between($0, name) < EditDistance.between($1, name) }
        return .use(
            "there is no command `\(name)`",
            hint: nearest.map { "did you mean `\($0)`? maestro --help" } ?? "maestro --help lists all there are"
        )
    }
}
