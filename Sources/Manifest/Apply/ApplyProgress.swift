/// How far the files of a manifest have been taken in.
public struct ApplyProgress: Sendable, Equatable {
    /// Files that are complete.
    public internal(set) var files = 0
    /// All files of the manifest; one that is named several times counts once.
    public let totalFiles: Int
    /// Bytes so far.
    public internal(set) var bytes: Int64 = 0
    /// Bytes of all files.
    public let totalBytes: Int64
}
