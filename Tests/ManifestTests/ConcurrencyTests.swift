import Foundation
import Manifest
import Synchronization
import Testing

@Suite("Several manifests at once")
struct ConcurrencyTests {
    @Test("they are applied one after the other: the second finds what the first has made")
    func serialized() throws {
        let instance = try Instance()
        try instance.makeZip("a.zip")
        let (pool, store, directory) = (instance.pool, instance.store, instance.directory)
        let yaml = """
            users: [{username: a}]
            projects:
              - {path: g/p, pipelines: [{key: k, ref: main, jobs: [{name: j, artifacts: [{file: a.zip}]}]}]}
            """
        let summaries = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 2) { _ in
            let result = Result {
                try ManifestApplier.apply(
                    ManifestDocument(parsing: yaml),
                    directory: directory,
                    pool: pool,
                    store: store,
                    options: ApplyOptions(now: Instance.now)
                ).description
            }
            summaries.withLock { $0.append((try? result.get()) ?? "\(result)") }
        }
        #expect(
            summaries.withLock(\.self).sorted() == [
                "created 0; updated 0; removed 0; unchanged 5",
                "created 1 user, 1 group, 1 project, 1 pipeline, 1 job, 1 artifact; updated 0; removed 0; unchanged 0",
            ]
        )
    }
}
