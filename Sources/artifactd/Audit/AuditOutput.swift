import Artifacts
import ArtifactsPostgres
import Cryptography
import HTTPSemantics

/// Prints events in one of the forms.
struct AuditOutput {
    private let format: AuditFormat
    private var isStarted = false
    /// Of the columns of text, so that the pages of a list stand below each other.
    private var widths: [Int] = []

    init(_ format: AuditFormat) { self.format = format }

    /// Prints a page.
    mutating func print(_ page: [AuditEntry]) {
        var lines: [String] = []
        switch format {
        case .json: lines = page.map(Self.json)
        case .csv: lines = (isStarted ? [] : [AuditFields.names.joined(separator: ",")]) + page.map(Self.csv)
        case .text: lines = text(page)
        }
        isStarted = true
        if !lines.isEmpty { Terminal.print(lines.joined(separator: "\n")) }
    }

    /// A column is as wide as what it has held so far, but no wider than a long path should make it.
    private mutating func text(_ page: [AuditEntry]) -> [String] {
        guard !page.isEmpty else { return [] }
        var rows = page.map { AuditFields($0).columns }
        if !isStarted { rows.insert(AuditFields.headings, at: 0) }
        if widths.isEmpty { widths = AuditFields.headings.map(\.count) }
        for row in rows {
            for (index, text) in row.enumerated() { widths[index] = max(widths[index], min(text.count, 48)) }
        }
        return rows.map { row in
            row.enumerated().map { index, text in
                index == row.count - 1
                    ? text : text + String(repeating: " ", count: max(0, widths[index] - text.count) + 2)
            }.joined()
        }
    }

    private static func csv(_ entry: AuditEntry) -> String {
        AuditFields(entry).values.map(csvField).joined(separator: ",")
    }

    /// RFC 4180 §2; a spreadsheet would take what begins like this for a formula.
    private static func csvField(_ value: String) -> String {
        let text = TerminalText.escaped(value)
        let isFormula = text.first.map { "=+-@".contains($0) } ?? false
        let guarded = isFormula ? "'" + text : text
        guard guarded.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" }) else { return guarded }
        return "\"" + guarded.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func json(_ entry: AuditEntry) -> String {
        let event = entry.event
        var json = JSONWriter()
        json.object { json in
            json.member("id", event.id)
            json.member("created_at", time: event.createdAt)
            json.member("action", event.action.rawValue)
            json.member("user_id", event.actor.userID)
            json.member("username", entry.username)
            json.member("token_id", event.actor.accessTokenID)
            json.member("token_job_id", event.actor.tokenJobID)
            json.member("project_id", event.projectID)
            json.member("project_path", event.projectPath)
            json.member("job_id", event.jobID)
            json.member("file_type", event.subject.fileType)
            json.key("paths")
            json.array { json in
                for path in event.subject.paths { json.string(path) }
            }
            json.member("sha256", event.subject.digest.map { Hex.encode($0) })
            json.member("delivery", event.delivery?.rawValue)
            json.member("status", event.status)
            json.member("address", event.address)
            json.member("request_id", event.requestID)
            json.member("size", event.subject.size)
            json.member("pipeline_id", event.subject.pipelineID)
        }
        return TerminalText.escapedJSON(String(decoding: json.bytes, as: UTF8.self))
    }
}
