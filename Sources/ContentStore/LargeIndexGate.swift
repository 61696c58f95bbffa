internal import Synchronization

/// Lets the member index of one large archive be built at a time.
///
/// Building takes several times the archive's directory in memory, so many at once could take all of the machine's.
/// Indexes of usual archives are built beside each other.
final class LargeIndexGate: Sendable {
    /// From how many bytes on a directory is large; about 40,000 members.
    static let threshold: Int64 = 4 << 20

    private let turn = Mutex(())

    /// Builds an index, alone if its directory is large.
    ///
    /// - Parameters:
    ///   - directoryBytes: The length of the archive's directory.
    ///   - build: Builds it.
    /// - Throws: What `build` throws.
    func run<Failure: Error>(directoryBytes: Int64, _ build: () throws(Failure) -> Void) throws(Failure) {
        guard directoryBytes >= Self.threshold else { return try build() }
        let result = turn.withLock { _ in Result(catching: build) }
        try result.get()
    }
}
