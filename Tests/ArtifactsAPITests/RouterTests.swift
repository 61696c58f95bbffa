import HTTPSemantics
import Testing

@testable import ArtifactsAPI

@Suite("Router")
struct RouterTests {
    private static let jobs = "/api/v4/projects/1/jobs"

    @Test(
        "a path leads to its route, its parts still encoded",
        arguments: [
            ("\(jobs)/42/artifacts", "job_archive [1] [42]"),
            ("\(jobs)/x/artifacts", "job_archive [1] [x]"),
            ("/api/v4/projects/g%2Fsub%2Ex%2Fp/jobs/42/artifacts", "job_archive [g%2Fsub%2Ex%2Fp] [42]"),
            ("\(jobs)/42/artifacts/a.txt", "job_file [1] [42] [a.txt]"),
            ("\(jobs)/42/artifacts/dir/b%20c.txt", "job_file [1] [42] [dir/b%20c.txt]"),
            ("\(jobs)/42/artifacts/dir%2Fb.txt", "job_file [1] [42] [dir%2Fb.txt]"),
            ("\(jobs)/42/artifacts/keep", "job_file [1] [42] [keep]"),
            ("\(jobs)/42/artifacts/x/download", "job_file [1] [42] [x/download]"),
            ("\(jobs)/42/artifacts/a/raw/b", "job_file [1] [42] [a/raw/b]"),
            ("\(jobs)/42/artifacts/", "job_file [1] [42] []"),
            ("\(jobs)/42/artifacts//a", "job_file [1] [42] [/a]"),
            ("\(jobs)/42/artifacts/../a", "job_file [1] [42] [../a]"),
            ("\(jobs)/artifacts/main/download", "ref_archive [1] [main]"),
            ("\(jobs)/artifacts/feat/x/download", "ref_archive [1] [feat/x]"),
            ("\(jobs)/artifacts/feat%2Fx/download", "ref_archive [1] [feat%2Fx]"),
            ("\(jobs)/artifacts/a/download/download", "ref_archive [1] [a/download]"),
            ("\(jobs)/artifacts/main/raw/x/download", "ref_archive [1] [main/raw/x]"),
            ("\(jobs)/artifacts/main/raw/x%2Fdownload", "ref_file [1] [main] [x%2Fdownload]"),
            ("\(jobs)/artifacts/main/raw/x/download/y", "ref_file [1] [main] [x/download/y]"),
            ("\(jobs)/artifacts/main/raw/a/b.txt", "ref_file [1] [main] [a/b.txt]"),
            ("\(jobs)/artifacts/feat/x/raw/a.txt", "ref_file [1] [feat/x] [a.txt]"),
            ("\(jobs)/artifacts/a/raw/b/raw/c", "ref_file [1] [a/raw/b] [c]"),
            ("\(jobs)/artifacts/a/raw/b%2Fraw%2Fc", "ref_file [1] [a] [b%2Fraw%2Fc]"),
            ("\(jobs)/artifacts/main/raw/", "ref_file [1] [main] []"),
            ("\(jobs)/artifacts/raw/raw/x", "ref_file [1] [raw] [x]"),
            ("\(jobs)/artifacts/download/download", "ref_archive [1] [download]"),
            ("\(jobs)/42/artifacts/tree", "tree [1] [42]"),
            ("\(jobs)/42/artifacts/tree/", "job_file [1] [42] [tree/]"),
            ("\(jobs)/42/artifacts/%74ree", "job_file [1] [42] [%74ree]"),
            ("/api/v4/version", "version"),
            ("/api/v4/user", "user"),
            ("/api/v4/job", "current_job"),
            ("/api/v4/projects/g%2Fp", "project [g%2Fp]"),
            ("\(jobs)", "jobs [1]"),
            ("\(jobs)/42", "job [1] [42]"),
            ("\(jobs)/42%2Fartifacts", "job [1] [42%2Fartifacts]"),
            ("\(jobs)/42/trace", "trace [1] [42]"),
            ("/api/v4/projects/1/pipelines", "pipelines [1]"),
            ("/api/v4/projects/1/pipelines/7", "pipeline [1] [7]"),
            ("/api/v4/projects/1/pipelines/7/jobs", "pipeline_jobs [1] [7]"),
            ("/api/v4/jobs/42/artifacts", "runner_archive [42]"),
            ("/api/v3/projects/1", "version gone"),
            ("/api/v3/", "version gone"),
        ]
    )
    func found(path: String, route: String) throws {
        #expect(try Self.text(.get, path) == route)
        #expect(try Self.text(.head, path) == route)
    }

    @Test(
        "what changes something has methods of its own",
        arguments: [
            (Method.post, "\(jobs)/42/artifacts/keep", "keep [1] [42]"),
            (.post, "\(jobs)/42/erase", "erase [1] [42]"),
            (.delete, "\(jobs)/42/artifacts", "delete_artifacts [1] [42]"),
            (.delete, "/api/v4/projects/g%2Fp/artifacts", "delete_project_artifacts [g%2Fp]"),
            (.post, "/api/v4/jobs/42/artifacts", "upload [42]"),
            (.post, "/api/v4/jobs/42/artifacts/authorize", "authorize_upload [42]"),
            (.put, "/api/v4/jobs/42", "update_job [42]"),
            (.patch, "/api/v4/jobs/42/trace", "append_trace [42]"),
            (.post, "/api/v4/projects/g%2Fp/pipelines", "create_pipeline [g%2Fp]"),
            (.put, "/api/v4/projects/1/pipelines/7", "update_pipeline [1] [7]"),
            (.post, "/api/v4/projects/1/pipelines/7/jobs", "create_job [1] [7]"),
        ]
    )
    func changes(method: Method, path: String, route: String) throws {
        #expect(try Self.text(method, path) == route)
    }

    @Test(
        "a known path with another method tells its methods",
        arguments: [
            (Method.post, "\(jobs)/42/artifacts/a.txt", "GET, HEAD"),
            (.put, "\(jobs)/42/artifacts/keep", "GET, HEAD, POST"),
            (.options, "\(jobs)/42/artifacts", "GET, HEAD, DELETE"),
            (.get, "\(jobs)/42/erase", "POST"),
            (.get, "/api/v4/projects/1/artifacts", "DELETE"),
            (.delete, "\(jobs)/artifacts/main/download", "GET, HEAD"),
            (.other, "/api/v4/version", "GET, HEAD"),
            (.get, "/api/v4/jobs/42/artifacts/authorize", "POST"),
            (.delete, "/api/v4/jobs/42/artifacts", "GET, HEAD, POST"),
            (.get, "/api/v4/jobs/42", "PUT"),
            (.get, "/api/v4/jobs/42%2Fartifacts", "PUT"),
            (.delete, "/api/v4/projects/1/pipelines", "GET, HEAD, POST"),
            (.delete, "/api/v4/projects/1/pipelines/7", "GET, HEAD, PUT"),
        ]
    )
    func methods(method: Method, path: String, allowed: String) throws {
        #expect(try Self.text(method, path) == "not allowed, but \(allowed)")
    }

    @Test(
        "any other path is unknown",
        arguments: [
            "/", "/api", "/api/v4", "/api/v4/projects", "/api/v4/projects/", "/api/v5/projects/1/jobs/42/artifacts",
            "/API/v4/projects/1/jobs/42/artifacts", "/api/v4/projects/1/", "/api/v4/projects/1/job",
            "/api/v4/projects//jobs/42/artifacts", "//api/v4/projects/1/jobs/42/artifacts",
            "/api/v4/projects/g/sub/p/jobs/42/artifacts", "\(jobs)/", "\(jobs)/42/", "\(jobs)//artifacts",
            "\(jobs)/42/artifactsx", "\(jobs)/artifacts", "\(jobs)/artifacts/",
            "\(jobs)/artifacts/main", "\(jobs)/artifacts/download", "\(jobs)/artifacts//download",
            "\(jobs)/artifacts/main/download/", "\(jobs)/artifacts/main%2Fdownload", "\(jobs)/artifacts//raw/x",
            "\(jobs)/artifacts/main%2Fraw%2Fx", "\(jobs)/artifacts/raw/x", "\(jobs)/artifacts/main/raw",
            "/api/v4/jobs//artifacts", "/api/v4/jobs/42/artifacts/",
            "/api/v4/jobs/42/more", "/api/v4/jobs/", "/api/v4/projects/1/pipelines/",
            "/api/v4/projects/1/pipelines//jobs",
            "/x/../api/v4/projects/1/jobs/42/artifacts", "/api/v30/projects",
        ]
    )
    func unknown(path: String) throws {
        #expect(try Self.text(.get, path) == "unknown")
    }

    @Test("the longest target that the web server passes is routed")
    func longest() throws {
        let ref = String(repeating: "/raw", count: 8000)
        let path = "\(Self.jobs)/artifacts/a\(ref)/raw/x"
        #expect(try Self.text(.get, path) == "ref_file [1] [a\(ref)] [x]")
    }

    private static func text(_ method: Method, _ path: String) throws -> String {
        switch Router.route(method, try RequestTarget(path).path) {
        case .unknown: return "unknown"
        case .methodNotAllowed(let allowed): return "not allowed, but \(allowed)"
        case .versionGone: return "version gone"
        case .found(let route):
            return ([route.name.rawValue] + parts(route).map { "[\(String(decoding: $0, as: UTF8.self))]" })
                .joined(separator: " ")
        }
    }

    private static func parts(_ route: Route) -> [ArraySlice<UInt8>] {
        switch route {
        case .read(.jobArchive(let project, let job)), .read(.tree(let project, let job)): [project, job]
        case .read(.jobFile(let project, let job, let path)): [project, job, path]
        case .read(.refArchive(let project, let ref)): [project, ref]
        case .read(.refFile(let project, let ref, let path)): [project, ref, path]
        case .change(.keep(let project, let job)), .change(.deleteArtifacts(let project, let job)): [project, job]
        case .change(.erase(let project, let job)): [project, job]
        case .change(.deleteProjectArtifacts(let project)): [project]
        case .metadata(.version), .metadata(.user), .metadata(.currentJob), .openAPI: []
        case .metadata(.project(let project)), .metadata(.jobs(let project)), .metadata(.pipelines(let project)):
            [project]
        case .upload(.artifacts(let job)), .upload(.authorize(let job)): [job]
        case .runner(.archive(let job)), .runner(.update(let job)), .runner(.appendTrace(let job)): [job]
        case .publishing(.createPipeline(let project)): [project]
        case .publishing(.createJob(let project, let pipeline)): [project, pipeline]
        case .publishing(.updatePipeline(let project, let pipeline)): [project, pipeline]
        case .metadata(.job(let project, let job)), .metadata(.trace(let project, let job)): [project, job]
        case .metadata(.pipeline(let project, let pipeline)), .metadata(.pipelineJobs(let project, let pipeline)):
            [project, pipeline]
        }
    }
}
