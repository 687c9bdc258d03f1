// SPDX-License-Identifier: Apache-2.0

/// A place in the work of a command that can be named again in another run of it: the n-th call of a kind on a path.
///
/// What differs from run to run (the folder, random ids) is left out of the path.
struct CrashPoint: Hashable, Sendable, CustomStringConvertible {
    let call: String
    let place: String
    let occurrence: Int

    /// A page of the database, or a frame of its log.
    var isPage: Bool { call == "pwrite64" && place.hasPrefix("/maestro.sqlite") }

    var description: String { "\(call) \(place) #\(occurrence)" }

    static func place(_ path: String, below data: String) -> String {
        withoutTokens(path, below: data).replacing(/[0-9a-f]{16}/, with: "*")
    }

    /// Tokens of processes differ always, ids of reflections only where no job has them.
    fileprivate static func withoutTokens(_ path: String, below data: String) -> String {
        let relative = path.hasPrefix(data) ? String(path.dropFirst(data.count)) : path
        return relative.replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, with: "*")
    }
}

extension SystemCallTrace {
    /// Every call that means to change the disk below `data`, with its name, in order.
    func points(below data: String) -> [(point: CrashPoint, call: SystemCall)] {
        var seen: [CrashPoint: Int] = [:]
        return calls.compactMap { call in
            guard let path = call.effect?.paths.first, path.hasPrefix(data + "/") || path == data else { return nil }
            let kind = CrashPoint(call: call.name, place: CrashPoint.place(path, below: data), occurrence: 0)
            seen[kind, default: 0] += 1
            return (CrashPoint(call: kind.call, place: kind.place, occurrence: seen[kind] ?? 0), call)
        }
    }

    /// Where an injection struck; nil where it never did.
    func struck(by injection: Injection, below data: String) -> CrashPoint? {
        points(below: data).first { _, call in
            guard call.name == injection.call, injection.path.map(call.concerns) ?? true else { return false }
            switch injection.fault {
            case .kill: return call.outcome == .killed
            case .error: return call.isInjected
            }
        }?.point
    }

    func call(at point: CrashPoint, below data: String) -> SystemCall? {
        points(below: data).first { $0.point == point }?.call
    }

    /// How to strike at `point` of this trace in another run: by its place among the calls of all threads, or among those of
    /// its own thread.
    ///
    /// The tracer counts each thread apart; which makes which call differs from run to run.
    func aims(
        at point: CrashPoint,
        below data: String,
        idsStay: Bool
    ) -> (call: String, path: String?, all: Int, own: Int)? {
        guard let call = call(at: point, below: data) else { return nil }
        let path = call.aimingPath(below: data, idsStay: idsStay)
        let alike = calls.filter {
            $0.name == call.name && $0.entered <= call.entered && (path.map($0.concerns) ?? true)
        }
        return (call.name, path, alike.count, alike.count { $0.thread == call.thread })
    }
}

extension SystemCall {
    /// A path that is the same in every run of a folder, by which the tracer can tell this call from others of its name.
    fileprivate func aimingPath(below data: String, idsStay: Bool) -> String? {
        let path = descriptors.first { $0.hasPrefix(data) } ?? names.first { $0.hasPrefix(data) }
        return path.flatMap { path in
            let named = idsStay ? CrashPoint.withoutTokens(path, below: data) : CrashPoint.place(path, below: data)
            return named == path.dropFirst(data.count) ? path : nil
        }
    }
}
