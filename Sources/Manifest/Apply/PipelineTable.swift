import Artifacts

/// The pipelines of the document with their jobs, and the stored pipelines that it names.
struct PipelineTable {
    struct Name: Hashable {
        let projectID: Int64
        let key: String
    }

    var items: [PipelineItem] = []
    /// All stored pipelines that are declared or named as a parent.
    var stored: [Name: PipelineRow] = [:]
    var storedByID: [Int64: PipelineRow] = [:]
}

/// A pipeline of the document.
final class PipelineItem {
    let entry: PipelineEntry
    let project: ProjectRow
    /// As it was before this run; nil for a new one.
    var stored: PipelineRow?
    var row: PipelineRow
    var jobs: [JobItem] = []
    /// Stored jobs that the document does not mention.
    var otherJobs: [JobRow] = []

    init(_ entry: PipelineEntry, of project: ProjectRow) {
        self.entry = entry
        self.project = project
        row = PipelineRow(projectID: project.id)
    }

    var isNew: Bool { stored == nil }

    var hasChanged: Bool { row != stored }

    /// Whether it can have become older or newer than another pipeline of its ref.
    var hasMoved: Bool { row.createdAt.moment != stored?.createdAt.moment || row.ref != stored?.ref }
}

/// A job of the document.
final class JobItem {
    let entry: JobEntry
    /// As it was before this run; nil for a new one.
    let stored: JobRow?
    var row: JobRow

    init(_ entry: JobEntry, stored: JobRow?, row: JobRow) {
        self.entry = entry
        self.stored = stored
        self.row = row
    }

    /// Whether its artifacts were erased, as the document says or as happened since: none is made for it any more.
    var isErased: Bool { row.erasedAt.moment != nil }
}
