internal import Artifacts

/// Lists of file types as SQL, from the one table of the domain.
enum FileTypeList {
    /// The types that the API does not hand out, quoted and joined by commas.
    static let notDownloadable = sql { !$0.isDownloadable }

    /// The types that deleting a job's artifacts removes, quoted and joined by commas.
    static let erasable = sql { $0.isErasable }

    private static func sql(_ isWanted: (FileType) -> Bool) -> String {
        FileType.allCases.filter(isWanted).map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }
}
