extension PieceCatalog {
    func promptText(named: String, budgetBytes: Int, isShort: Bool) -> String? { nil }
    func counterpart(of: String) -> Counterpart? { nil }
    func text(named: String) -> String? { nil }
}
package struct Proposal: Sendable {
    init(_ r: ReflectorReply, piece: String?) throws(ReplyError) { throw ReplyError() }
}
package struct ReplyError: Error { let sentence = "" }
struct Judge {
    init(_ p: JudgePolicy) {}
    func decide(_ p: Proposal, base: Base, job: Job, activity: Activity, now: UserState) -> Judgement {
        Judgement(reasoning: "", decisions: [])
    }
}
struct JudgePolicy { init(_ s: Settings.Reflection) {} }
