extension PieceCatalog {
    func promptText(named: String, budgetBytes: Int, isShort: Bool) -> String? { nil }
    package func counterpart(of: String) -> Counterpart? { nil }
    package func text(named: String) -> String? { nil }
    package var names: [PieceName] { [] }
    package func isOwn(named: String) -> Bool { false }
    package func textForEditing(named: String) -> String? { nil }
    package func piece(named: String) throws(PieceRefusal) -> Piece { throw PieceRefusal(.invalid, "") }
}
package struct Piece { package let description = "" }
