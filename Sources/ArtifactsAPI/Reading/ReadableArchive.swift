internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography

/// An archive, or a report that is asked for instead, that the caller may read: decided, available, and named.
struct ReadableArchive {
    /// The row in the database.
    let row: ArchiveRow
    /// The stored content.
    let content: ContentReference
    /// The job that the archive belongs to.
    let jobID: Int64
    /// Who reads it.
    let admission: Admission

    /// Seconds since the Unix epoch: the row's creation, never the file's, because content is shared between rows.
    var lastModified: Int64 {
        let (quotient, remainder) = row.createdAt.quotientAndRemainder(dividingBy: 1_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
