internal import Artifacts
internal import Postgres

/// The statements that write the audit trail.
enum AuditStatement {
    /// One array a column; zero, a size below it and the empty string of bytes stand for null, which these arrays cannot hold.
    ///
    /// The user's name is a subquery, not a join: a generic plan would read the whole of `users` for one event.
    static let insert = Statement(
        """
        INSERT INTO audit_events (created_at, id, action, user_id, username, token_id, token_job_id, project_id,
                                  project_path, job_id, file_type, paths, sha256, delivery, status, address, request_id,
                                  size, pipeline_id)
        SELECT timestamptz 'epoch' + e.created_at * interval '1 microsecond', e.id, e.action, NULLIF(e.user_id, 0),
               (SELECT u.username FROM users u WHERE u.id = e.user_id), NULLIF(e.token_id, 0),
               NULLIF(e.token_job_id, 0), e.project_id, e.project_path, NULLIF(e.job_id, 0), e.file_type,
               e.paths::text[], NULLIF(e.sha256, ''), e.delivery, e.status, e.address::inet, e.request_id,
               NULLIF(e.size, -1), NULLIF(e.pipeline_id, 0)
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            AS e (created_at, id, action, user_id, token_id, token_job_id, project_id, project_path, job_id, file_type,
                  paths, sha256, delivery, status, address, request_id, size, pipeline_id)
        ON CONFLICT DO NOTHING
        """
    )

    /// Takes many events in binary; ``row(_:_:)`` makes them.
    static let copy = """
        COPY audit_events (created_at, id, action, user_id, username, token_id, token_job_id, project_id, project_path,
                           job_id, file_type, paths, sha256, delivery, status, address, request_id, size, pipeline_id)
        FROM STDIN (FORMAT binary)
        """

    static let usernames = Statement("SELECT id, username FROM users WHERE id = ANY ($1)")

    static let removal = Statement(
        """
        DELETE FROM audit_events WHERE ctid = ANY (ARRAY (
            SELECT ctid FROM audit_events WHERE created_at < $1 ORDER BY created_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
        ))
        """
    )

    /// What ``insert`` takes, in its order.
    static func binds(_ events: [AuditEvent]) -> [Bind] {
        [
            .int8Array(events.map(\.createdAt)),
            .int8Array(events.map(\.id)),
            .textArray(events.map(\.action.rawValue)),
            .int8Array(events.map { $0.actor.userID ?? 0 }),
            .int8Array(events.map { $0.actor.accessTokenID ?? 0 }),
            .int8Array(events.map { $0.actor.tokenJobID ?? 0 }),
            .int8Array(events.map(\.projectID)),
            .textArray(events.map(\.projectPath)),
            .int8Array(events.map { $0.jobID ?? 0 }),
            .textArray(events.map(\.subject.fileType)),
            .textArray(events.map { arrayLiteral($0.subject.paths) }),
            .byteaArray(events.map { $0.subject.digest ?? [] }),
            .textArray(events.map { $0.delivery?.rawValue }),
            .int8Array(events.map { Int64($0.status) }),
            .textArray(events.map(\.address)),
            .textArray(events.map(\.requestID)),
            .int8Array(events.map { $0.subject.size ?? -1 }),
            .int8Array(events.map { $0.subject.pipelineID ?? 0 }),
        ]
    }

    /// What ``copy`` takes, in its order.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - usernames: The names of the events' users that exist.
    /// - Returns: A value for each column.
    /// - Throws: `.encoding` where a value does not fit its column.
    static func row(_ event: AuditEvent, _ usernames: [Int64: String]) throws(PostgresError) -> [Bind] {
        let user = event.actor.userID
        return [
            .timestamp(microsecondsSinceUnixEpoch: event.createdAt),
            .int8(event.id),
            .text(event.action.rawValue),
            user.bind,
            user.flatMap { usernames[$0] }.bind,
            event.actor.accessTokenID.bind,
            event.actor.tokenJobID.bind,
            .int8(event.projectID),
            .text(event.projectPath),
            event.jobID.bind,
            event.subject.fileType.bind,
            .textArray(event.subject.paths),
            event.subject.digest.bind,
            event.delivery.map(\.rawValue).bind,
            try status(event),
            try address(event),
            .text(event.requestID),
            event.subject.size.bind,
            event.subject.pipelineID.bind,
        ]
    }

    private static func status(_ event: AuditEvent) throws(PostgresError) -> Bind {
        guard let status = Int16(exactly: event.status) else {
            throw PostgresError(encoding: "a status beyond smallint")
        }
        return .int2(status)
    }

    private static func address(_ event: AuditEvent) throws(PostgresError) -> Bind {
        guard let text = event.address else { return .null(.inet) }
        guard let address = SQLAddress(text) else { throw PostgresError(encoding: "an address that is none") }
        return address.bind
    }

    /// An array of texts as text (PostgreSQL documentation, "Array Input and Output Syntax"): arrays of arrays of
    /// different lengths do not exist.
    static func arrayLiteral(_ texts: [String]) -> String {
        var literal: [UInt8] = [UInt8(ascii: "{")]
        for (index, text) in texts.enumerated() {
            if index > 0 { literal.append(UInt8(ascii: ",")) }
            literal.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { literal.append(UInt8(ascii: "\\")) }
                literal.append(byte)
            }
            literal.append(UInt8(ascii: "\""))
        }
        literal.append(UInt8(ascii: "}"))
        return String(decoding: literal, as: UTF8.self)
    }
}
