import Artifacts
import ArtifactsPostgres
import HTTPSemantics
import Testing

@testable import ArtifactsAPI

@Suite("Parameters of archives and of their lists")
struct ArchiveParametersTests {
    @Test(
        "file_type is one of the downloadable types, the archive if absent",
        arguments: [
            ("", .archive), ("file_type=archive", .archive), ("file_type=junit", .junit), ("file_type=lsif", .lsif),
            ("file_type=metadata&file_type=sast", .sast), ("file_type=requirements_v2", .requirementsV2),
        ] as [(String, FileType)]
    )
    func fileType(query: String, type: FileType) throws {
        #expect(try ArchiveParameters(job: raw("1"), Query(query)).fileType == type)
    }

    @Test(
        "path is the last of its name, and all of path[]",
        arguments: [
            ("", []), ("path=a%2Fb", ["a/b"]), ("path=a&path=b", ["b"]), ("path[]=a&path[]=b%2B", ["a", "b+"]),
            ("path%5B%5D=a+b&path=c", ["a b", "c"]), ("path=", [""]), ("paths=a", []),
        ] as [(String, [String])]
    )
    func paths(query: String, paths: [String]) throws {
        #expect(try ArchiveParameters(job: raw("1"), Query(query)).paths == paths)
    }

    @Test(
        "every parameter at fault is named",
        arguments: [
            ("file_type=nothing", "file_type does not have a valid value"),
            ("file_type=", "file_type does not have a valid value"),
            ("file_type=Archive", "file_type does not have a valid value"),
            ("file_type=trace", "file_type does not have a valid value"),
            ("file_type=metadata&path=a", "file_type does not have a valid value"),
            ("file_type=junit&path=a", "path, file_type are mutually exclusive"),
            ("file_type=lsif&path[]=a", "path, file_type are mutually exclusive"),
        ]
    )
    func faults(query: String, error: String) throws {
        let query = try Query(query)
        let byID = #expect(throws: RequestFailure.self) { try ArchiveParameters(job: raw("x"), query) }
        #expect(Self.error(byID) == #"{"error":"job_id is invalid, \#(error)"}"#)
        let byRef = #expect(throws: RequestFailure.self) { try ArchiveParameters(ref: raw("main"), query) }
        #expect(Self.error(byRef) == #"{"error":"job is missing, \#(error)"}"#)
    }

    @Test("a ref that is no text is a bad request, whatever else is wrong")
    func badRef() throws {
        let query = try Query("file_type=nothing")
        #expect(throws: RequestFailure.badRequest) { try ArchiveParameters(ref: raw("%FF"), query) }
    }

    @Test(
        "those of a list have their defaults",
        arguments: [
            ("", "", false, 1, 20), ("path=a%2Fb%2F&recursive=yes&page=3&per_page=7", "a/b/", true, 3, 7),
            ("recursive=0&per_page=1000", "", false, 1, 100),
        ] as [(String, String, Bool, Int64, Int64)]
    )
    func tree(query: String, path: String, isRecursive: Bool, page: Int64, perPage: Int64) throws {
        let parameters = try TreeParameters(job: raw("1"), Query(query))
        #expect(parameters.target == .job(1))
        #expect(parameters.path == path)
        #expect(parameters.isRecursive == isRecursive)
        #expect([parameters.page.page, parameters.page.perPage] == [page, perPage])
    }

    @Test(
        "those of a list are checked",
        arguments: [
            ("recursive=maybe", "recursive is invalid"), ("recursive=", "recursive is invalid"),
            ("page=0", "page is invalid"), ("per_page=0", "per_page is invalid"), ("per_page=x", "per_page is invalid"),
            ("recursive=2&per_page=-1", "recursive is invalid, per_page is invalid"),
        ]
    )
    func treeFaults(query: String, error: String) throws {
        let query = try Query(query)
        let failure = #expect(throws: RequestFailure.self) { try TreeParameters(job: raw("1"), query) }
        #expect(Self.error(failure) == #"{"error":"\#(error)"}"#)
    }

    private static func error(_ failure: RequestFailure?) -> String? {
        failure.map { String(decoding: ErrorResponse($0).json, as: UTF8.self) }
    }
}
