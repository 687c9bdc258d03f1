// SPDX-License-Identifier: Apache-2.0
import Maestro

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// All documents below one user's folder, whatever wrote them.
struct DocumentFolder {
    let root: Directory
    /// By the name of their folder: of a long project key it tells only a part.
    private let scopes: [String: Scope]

    init(root: Directory, knowing scopes: some Sequence<Scope>) {
        self.root = root
        self.scopes = Dictionary(scopes.map { (DocumentPath.folder(of: $0), $0) }, uniquingKeysWith: { $1 })
    }

    /// Files that could be documents by their place.
    ///
    /// - Throws: ``StoreError/unusable(_:hint:)`` where a link or a file stands in the place of one of its folders.
    func documents() throws -> [DocumentPath: FolderText] {
        var documents: [DocumentPath: FolderText] = [:]
        for (scope, folder) in try folders() {
            for file in try folder.names() {
                guard let path = DocumentPath(relative: "\(Self.folder(of: scope))/\(file)", in: scope) else {
                    continue
                }
                switch try folder.read(file) {
                case .absent: continue
                case .text(let text): documents[path] = .text(text)
                case .unreadable(let problem): documents[path] = .unreadable(problem)
                }
            }
        }
        return documents
    }

    /// Places below the user's folder that look like documents and are none, since no document can have their name.
    func strays() throws -> [String] {
        var strays: [String] = []
        for (scope, folder) in try folders() {
            let place = Self.folder(of: scope)
            for file in try folder.names() where !file.hasPrefix(".") && file.hasSuffix(scope == nil ? ".yaml" : ".md")
            {
                if DocumentPath(relative: "\(place)/\(file)", in: scope) == nil { strays.append("\(place)/\(file)") }
            }
        }
        for name in try root.folder("projects")?.names() ?? [] where !name.hasPrefix(".") {
            if try project(named: name) == nil { strays.append("projects/\(name)") }
        }
        return strays
    }

    /// The memory folders that exist, and that of the pieces, which has no scope.
    private func folders() throws -> [(Scope?, Directory)] {
        var folders: [(Scope?, Directory)] = []
        if let memory = try root.folder("memory") { folders.append((.global, memory)) }
        for name in try root.folder("projects")?.names() ?? [] {
            guard let project = try project(named: name), let memory = try project.folder.folder("memory") else {
                continue
            }
            folders.append((project.scope, memory))
        }
        if let pieces = try root.folder("pieces") { folders.append((nil, pieces)) }
        return folders
    }

    /// Nil where it is a file, or no project's folder can have the name.
    ///
    /// - Throws: ``StoreError/unusable(_:hint:)`` where it is a link.
    private func project(named name: String) throws -> (scope: Scope, folder: Directory)? {
        guard let scope = scopes["projects/\(name)/memory"] ?? Self.scope(ofProject: name),
            let projects = try root.folder("projects"), let info = projects.status(of: name),
            info.st_mode & S_IFMT != S_IFREG, let folder = try projects.folder(name)
        else { return nil }
        return (scope, folder)
    }

    private static func scope(ofProject name: String) -> Scope? {
        guard let key = PathComponent.decoding(name), !key.isEmpty, key != "global" else { return nil }
        return .project(key)
    }

    private static func folder(of scope: Scope?) -> String { scope.map { DocumentPath.folder(of: $0) } ?? "pieces" }
}
