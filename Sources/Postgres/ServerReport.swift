import CLibPQ

/// The fields of an error report from the server (PostgreSQL documentation, "Error and Notice Message Fields").
///
/// A class, so that an error stays small on the paths that do not throw it.
public final class ServerReport: Sendable, CustomDebugStringConvertible {
    /// `ERROR`, `FATAL` or `PANIC`, never translated.
    public let severity: String
    /// The primary message.
    ///
    /// A class 22 message may quote a value: `debugDescription` cuts it there.
    public let message: String
    /// The second sentence; quotes rows and keys, so it never goes into a log.
    public let detail: String?
    /// What the server suggests.
    public let hint: String?
    /// The schema of the object that the error is about.
    public let schemaName: String?
    /// The table that the error is about.
    public let tableName: String?
    /// The column that the error is about.
    public let columnName: String?
    /// The constraint that refused the row.
    public let constraintName: String?
    /// The function of the server's source that reported the error.
    public let routine: String?

    let state: SQLState?

    /// Reads the fields of a failed result.
    ///
    /// - Parameter result: A `PGresult` whose status is `PGRES_FATAL_ERROR`.
    init(result: OpaquePointer) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        state = field(ARTIFACTD_DIAG_SQLSTATE).map(SQLState.init(rawValue:))
        severity = field(ARTIFACTD_DIAG_SEVERITY_NONLOCALIZED) ?? "ERROR"
        message = field(ARTIFACTD_DIAG_MESSAGE_PRIMARY) ?? ""
        detail = field(ARTIFACTD_DIAG_MESSAGE_DETAIL)
        hint = field(ARTIFACTD_DIAG_MESSAGE_HINT)
        schemaName = field(ARTIFACTD_DIAG_SCHEMA_NAME)
        tableName = field(ARTIFACTD_DIAG_TABLE_NAME)
        columnName = field(ARTIFACTD_DIAG_COLUMN_NAME)
        constraintName = field(ARTIFACTD_DIAG_CONSTRAINT_NAME)
        routine = field(ARTIFACTD_DIAG_SOURCE_FUNCTION)
    }

    /// Whether the server ends the session after this report.
    var endsSession: Bool { severity == "FATAL" || severity == "PANIC" }

    /// Severity, message and the names of the objects, without any value.
    public var debugDescription: String {
        let names = [("table", tableName), ("column", columnName), ("constraint", constraintName)]
            .compactMap { label, name in name.map { "\(label) \($0)" } }
        let suffix = names.isEmpty ? "" : " [\(names.joined(separator: ", "))]"
        return "\(severity): \(messageWithoutValues)\(suffix)"
    }

    /// The message, cut before the value that a data exception quotes: `invalid input syntax for type uuid`.
    private var messageWithoutValues: String {
        guard let state, case SQLState.Class.dataException = state else { return message }
        let cut = message.utf8.firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ":") }
        return String(message[..<(cut ?? message.endIndex)])
    }
}
