import Artifacts
import Cryptography

/// Finds what a document says twice: each key, id and token stands for one record.
struct DuplicateCheck {
    let problems: ProblemList

    func run(_ document: ManifestDocument) {
        unique(document.users.map { ($0.path["username"], $0.username.lowercased()) }, shown: "the username")
        unique(ids(document.users.map { ($0.path, $0.id) }), shown: "the id")
        unique(ids(document.groups.map { ($0.path, $0.id) }), shown: "the id")
        unique(ids(document.projects.map { ($0.path, $0.id) }), shown: "the id")
        let groups = document.groups.map { ($0.path["path"], $0.fullPath.key) }
        unique(groups + document.projects.map { ($0.path["path"], $0.fullPath.key) }, shown: "the path")
        unique(
            document.projects.flatMap { $0.previousPaths ?? [] }.map { ($0.path, $0.fullPath.key) },
            shown: "the previous path"
        )
        for project in document.projects { lists(of: project) }
        for group in document.groups { lists(group.lists) }
        pipelines(document)
        tokens(document)
    }

    private func lists(_ lists: AccessLists) {
        unique((lists.members ?? []).map { ($0.path["user"], $0.username.lowercased()) }, shown: "the user")
        unique((lists.invitedGroups ?? []).map { ($0.path["group"], $0.group.key) }, shown: "the group")
        unique((lists.accessTokens ?? []).map { ($0.path["name"], $0.name) }, shown: "the name")
    }

    private func lists(of project: ProjectEntry) {
        lists(project.lists)
        unique((project.protectedRefs ?? []).map { ($0.path["name"], $0.name) }, shown: "the name")
        for list in [project.jobTokenScope?.inbound, project.jobTokenScope?.outbound] {
            let targets = (list ?? []).map { entry in
                switch entry.target {
                case .project(let path): (entry.path["project"], path.key)
                case .group(let path): (entry.path["group"], path.key)
                }
            }
            unique(targets, shown: "the entry")
        }
    }

    private func pipelines(_ document: ManifestDocument) {
        for project in document.projects {
            unique(
                project.pipelines.compactMap { entry in entry.key.map { (entry.path["key"], $0) } },
                shown: "the key"
            )
            unique(
                project.pipelines.compactMap { entry in entry.iid.map { (entry.path["iid"], $0) } },
                shown: "the iid"
            )
        }
        let pipelines = document.projects.flatMap(\.pipelines)
        unique(ids(pipelines.map { ($0.path, $0.id) }), shown: "the id")
        unique(ids(pipelines.flatMap(\.jobs).map { ($0.path, $0.id) }), shown: "the id")
        for pipeline in pipelines {
            unique(pipeline.jobs.compactMap { entry in entry.key.map { (entry.keyPath, $0) } }, shown: "the key")
            for job in pipeline.jobs {
                unique(job.artifacts.map { ($0.path["type"], $0.type.rawValue) }, shown: "the type")
            }
        }
    }

    /// Over all records, as a token is looked up without knowing whose it is.
    private func tokens(_ document: ManifestDocument) {
        var lists = document.users.compactMap(\.accessTokens)
        lists += document.groups.compactMap(\.lists.accessTokens)
        lists += document.projects.compactMap(\.lists.accessTokens)
        let names = (document.users.compactMap(\.accessTokens))
        for list in names { unique(list.map { ($0.path["name"], $0.name) }, shown: "the name") }
        let access = lists.joined().compactMap { entry in entry.digest.map { (entry.path["token"], $0) } }
        let jobs = document.projects.lazy.flatMap(\.pipelines).flatMap(\.jobs)
        unique(
            access + jobs.compactMap { entry in entry.tokenDigest?.value.map { (entry.path["token"], $0) } },
            shown: "the token"
        )
    }

    private func ids(_ entries: [(DocumentPath, Int64?)]) -> [(DocumentPath, Int64)] {
        entries.compactMap { path, id in id.map { (path["id"], $0) } }
    }

    private func unique<Key: Hashable>(_ entries: [(DocumentPath, Key)], shown: String) {
        var first: [Key: DocumentPath] = [:]
        for (path, key) in entries {
            if let other = first[key] {
                problems.report(path, "\(shown) is given twice, first at \(other)")
            } else {
                first[key] = path
            }
        }
    }
}
