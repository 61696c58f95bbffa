import Testing

@testable import Artifacts

/// The callers of the contract's table, by the name of its row.
enum TableCaller: String, CaseIterable, CustomTestStringConvertible {
    case anonymous
    case stranger
    case externalStranger
    case guest
    case planner
    case reporter
    case developer
    case maintainer
    case owner
    case auditor
    case admin

    var testDescription: String { rawValue }

    var caller: Caller {
        switch self {
        case .anonymous: .anonymous
        case .stranger: Caller(userID: 1)
        case .externalStranger: Caller(userID: 1, isExternal: true)
        case .guest: Caller(userID: 1, role: .guest)
        case .planner: Caller(userID: 1, role: .planner)
        case .reporter: Caller(userID: 1, role: .reporter)
        case .developer: Caller(userID: 1, role: .developer)
        case .maintainer: Caller(userID: 1, role: .maintainer)
        case .owner: Caller(userID: 1, role: .owner)
        case .auditor: Caller(userID: 1, isAuditor: true)
        case .admin: Caller(userID: 1, isAdmin: true)
        }
    }
}

/// What a caller is told of a project's builds.
enum Verdict: Int {
    case allowed = 200
    case forbidden = 403
    case notFound = 404

    init(_ project: ProjectFacts, _ caller: Caller) {
        if !AccessPolicy.canSee(project, caller) {
            self = .notFound
        } else {
            self = AccessPolicy.canReadBuilds(project, caller) ? .allowed : .forbidden
        }
    }
}

func project(
    _ visibility: Visibility,
    publicJobs: Bool = true,
    builds: BuildsAccessLevel = .enabled,
    isArchived: Bool = false
) -> ProjectFacts {
    ProjectFacts(
        id: 7,
        path: "acme/site",
        visibility: visibility,
        publicJobs: publicJobs,
        buildsAccessLevel: builds,
        isArchived: isArchived
    )
}

@Suite("Who reads a project's builds")
struct ReadingBuildsTests {
    /// public with public jobs, public without, internal with, internal without, private with, private without.
    static let table: [(TableCaller, [Int])] = [
        (.anonymous, [200, 403, 404, 404, 404, 404]),
        (.stranger, [200, 403, 200, 403, 404, 404]),
        (.externalStranger, [200, 403, 404, 404, 404, 404]),
        (.guest, [200, 403, 200, 403, 200, 403]),
        (.planner, [200, 403, 200, 403, 200, 403]),
        (.reporter, [200, 200, 200, 200, 200, 200]),
        (.developer, [200, 200, 200, 200, 200, 200]),
        (.maintainer, [200, 200, 200, 200, 200, 200]),
        (.owner, [200, 200, 200, 200, 200, 200]),
        (.auditor, [200, 200, 200, 200, 200, 200]),
        (.admin, [200, 200, 200, 200, 200, 200]),
    ]

    static let columns: [(Visibility, Bool)] = [
        (.public, true), (.public, false), (.internal, true), (.internal, false), (.private, true), (.private, false),
    ]

    @Test("usage is for reporters and up, auditors and admins", arguments: TableCaller.allCases)
    func statistics(row: TableCaller) {
        let allowed: Set<TableCaller> = [.reporter, .developer, .maintainer, .owner, .auditor, .admin]
        #expect(AccessPolicy.canReadStatistics(row.caller) == allowed.contains(row))
    }

    @Test("every cell of the contract's table", arguments: table)
    func cell(row: (TableCaller, [Int])) {
        for (column, expected) in zip(Self.columns, row.1) {
            let verdict = Verdict(project(column.0, publicJobs: column.1), row.0.caller)
            #expect(verdict.rawValue == expected, "\(row.0), \(column.0), public jobs \(column.1)")
        }
    }

    @Test("an external user with a membership is a member like others")
    func externalMember() {
        let caller = Caller(userID: 1, isExternal: true, role: .guest)
        #expect(Verdict(project(.internal), caller) == .allowed)
        #expect(Verdict(project(.private), caller) == .allowed)
    }

    @Test("minimal access is no more than being signed in")
    func minimalAccess() {
        let caller = Caller(userID: 1, role: .minimalAccess)
        #expect(Verdict(project(.private), caller) == .notFound)
        #expect(Verdict(project(.internal), caller) == .allowed)
        #expect(Verdict(project(.public, publicJobs: false), caller) == .forbidden)
    }

    @Test("disabled builds are read by nobody", arguments: TableCaller.allCases)
    func disabled(caller: TableCaller) {
        #expect(Verdict(project(.public, builds: .disabled), caller.caller) == .forbidden)
    }

    @Test("private builds are for members, auditors and admins", arguments: TableCaller.allCases)
    func privateBuilds(caller: TableCaller) {
        let isStranger = [.anonymous, .stranger, .externalStranger].contains(caller)
        #expect(Verdict(project(.public, builds: .private), caller.caller) == (isStranger ? .forbidden : .allowed))
        let mayWithoutPublicJobs = !isStranger && caller != .guest && caller != .planner
        #expect(
            Verdict(project(.public, publicJobs: false, builds: .private), caller.caller)
                == (mayWithoutPublicJobs ? .allowed : .forbidden)
        )
    }
}

@Suite("Who reads an artifact row")
struct ReadingArtifactsTests {
    static let table: [(ArtifactAccess?, least: Role?, admin: Bool)] = [
        (nil, nil, true), (.all, nil, true), (.developer, .developer, true), (.maintainer, .maintainer, true),
    ]

    @Test("each access level asks for its role", arguments: table)
    func level(row: (access: ArtifactAccess?, least: Role?, admin: Bool)) {
        for role in Role.allCases {
            let mayRead = row.least.map { role >= $0 } ?? true
            #expect(
                AccessPolicy.canReadArtifact(row.access, Caller(userID: 1, role: role)) == mayRead,
                "\(String(describing: row.access)) as \(role)"
            )
        }
        #expect(AccessPolicy.canReadArtifact(row.access, TableCaller.admin.caller) == row.admin)
        #expect(AccessPolicy.canReadArtifact(row.access, .anonymous) == (row.least == nil))
        #expect(AccessPolicy.canReadArtifact(row.access, TableCaller.auditor.caller) == (row.least == nil))
    }

    @Test("level none is for nobody, owner and admin included", arguments: TableCaller.allCases)
    func nobody(caller: TableCaller) {
        #expect(!AccessPolicy.canReadArtifact(ArtifactAccess.none, caller.caller))
    }
}

@Suite("Who keeps, deletes and erases")
struct WritingTests {
    @Test("keep asks for developer, delete for maintainer", arguments: TableCaller.allCases)
    func roles(caller: TableCaller) {
        let developers: [TableCaller] = [.developer, .maintainer, .owner, .admin]
        let maintainers: [TableCaller] = [.maintainer, .owner, .admin]
        let kept = AccessPolicy.canKeep(project(.private), archiveAccess: .all, pushLevels: [], caller.caller)
        #expect(kept == developers.contains(caller))
        #expect(AccessPolicy.canPublish(project(.private), caller.caller) == developers.contains(caller))
        #expect(AccessPolicy.canDelete(project(.private), caller.caller) == maintainers.contains(caller))
        #expect(
            AccessPolicy.canErase(project(.private), jobUserID: nil, caller.caller) == maintainers.contains(caller)
        )
    }

    @Test("a developer erases a job of their own and no other")
    func ownJob() {
        let developer = Caller(userID: 1, role: .developer)
        #expect(AccessPolicy.canErase(project(.private), jobUserID: 1, developer))
        #expect(!AccessPolicy.canErase(project(.private), jobUserID: 2, developer))
        #expect(!AccessPolicy.canErase(project(.private), jobUserID: 1, Caller(userID: 1, role: .reporter)))
    }

    @Test("archival forbids keeping and not deleting")
    func archived() {
        let archived = project(.private, isArchived: true)
        #expect(!AccessPolicy.canKeep(archived, archiveAccess: .all, pushLevels: [], TableCaller.owner.caller))
        #expect(!AccessPolicy.canPublish(archived, TableCaller.owner.caller))
        #expect(AccessPolicy.canDelete(archived, TableCaller.owner.caller))
    }

    @Test("level none and disabled builds forbid keeping, even to an admin")
    func forbiddenToAll() {
        let admin = TableCaller.admin.caller
        #expect(!AccessPolicy.canKeep(project(.public), archiveAccess: ArtifactAccess.none, pushLevels: [], admin))
        let disabled = project(.public, builds: .disabled)
        #expect(!AccessPolicy.canKeep(disabled, archiveAccess: .all, pushLevels: [], admin))
        #expect(!AccessPolicy.canPublish(disabled, admin))
        #expect(!AccessPolicy.canDelete(disabled, admin))
    }

    @Test("a protected ref asks for the right to push", arguments: PushAccessLevel.allCases)
    func protectedRef(level: PushAccessLevel) {
        let expected: [TableCaller] =
            switch level {
            case .noOne: []
            case .developer: [.developer, .maintainer, .owner, .admin]
            case .maintainer: [.maintainer, .owner, .admin]
            case .admin: [.admin]
            }
        for caller in TableCaller.allCases {
            #expect(AccessPolicy.canPush(levels: [level], caller.caller) == expected.contains(caller), "\(caller)")
        }
    }

    @Test("of several rules for a ref the most generous decides")
    func severalRules() {
        #expect(AccessPolicy.canPush(levels: [.noOne, .developer], TableCaller.developer.caller))
    }
}
