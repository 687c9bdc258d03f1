extension PieceCatalog {
    func promptText(named: String, budgetBytes: Int, isShort: Bool) -> String? { nil }
    func counterpart(of: String) -> Counterpart? { nil }
    func text(named: String) -> String? { nil }
}
