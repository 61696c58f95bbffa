public import Logging

/// The keys of structured log fields: a closed set, so that they cannot drift.
///
/// The names are GitLab's where it has one, so that its dashboards and habits carry over.
public enum LogKey: String, Sendable, CaseIterable {
    // MARK: The request

    /// The request identifier, as in `X-Request-Id`.
    case correlationID = "correlation_id"
    /// The W3C trace context that came with the request.
    case traceparent
    /// The request method.
    case method
    /// The matched route's template, never the raw path.
    case route
    /// The request path without its query.
    case path
    /// The response's status code.
    case status
    /// The address of the client.
    case remoteAddress = "remote_ip"
    /// The client's `User-Agent`.
    case userAgent = "ua"
    /// How long the request took, in seconds.
    case durationSeconds = "duration_s"
    /// How long its database statements took, in seconds.
    case databaseSeconds = "db_duration_s"
    /// How many statements it ran.
    case databaseCount = "db_count"
    /// How many body bytes were sent.
    case bytes
    /// Who sent the bytes: see ``DeliveryLabel``.
    case delivery

    // MARK: Whom and what it concerns

    /// The caller's numeric id.
    case userID = "meta.user_id"
    /// The caller's user name.
    case user = "meta.user"
    /// The numeric id of the caller's token, never the token.
    case tokenID = "meta.token_id"
    /// The project's numeric id.
    case projectID = "meta.project_id"
    /// The project's full path.
    case project = "meta.project"
    /// The pipeline's numeric id.
    case pipelineID = "meta.pipeline_id"
    /// The job's numeric id.
    case jobID = "meta.job_id"
    /// The artifact's numeric id.
    case artifactID = "meta.artifact_id"
    /// The digest of stored content.
    case sha256

    // MARK: Failures

    /// What went wrong, in full; it never reaches a client.
    case error
    /// The machine-readable code of the failure.
    case errorCode = "error_code"
    /// The five characters of a database error (PostgreSQL documentation, appendix A).
    case sqlState = "sqlstate"
    /// Why something was done or refused.
    case reason

    // MARK: The server itself

    /// A listener's address.
    case address
    /// The pool of threads.
    case pool
    /// How many threads a pool has.
    case workers
    /// The name of a setting.
    case setting
    /// The program's version.
    case version
    /// The libraries that inflate single files, with their versions.
    case inflater
    /// A process id.
    case processID = "pid"
    /// A signal's name.
    case signal
    /// How many things were affected.
    case count
    /// The number of the attempt.
    case attempt
    /// A file of the store or the configuration.
    case file
}

extension Logger {
    /// Reads or sets a field that goes with every line of this logger.
    ///
    /// - Parameter key: The field's key.
    /// - Returns: The field's value, if it is set.
    public subscript(key: LogKey) -> Logger.MetadataValue? {
        get { self[metadataKey: key.rawValue] }
        set { self[metadataKey: key.rawValue] = newValue }
    }
}

extension Dictionary where Key == String, Value == Logger.MetadataValue {
    /// Makes log metadata from keys of the closed set.
    ///
    /// - Parameter fields: The fields; of a repeated key the last counts.
    /// - Returns: The metadata for one log call.
    public static func fields(_ fields: KeyValuePairs<LogKey, Logger.MetadataValue>) -> Logger.Metadata {
        Logger.Metadata(fields.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { $1 })
    }
}

extension Logger.MetadataValue {
    /// A number, which stays a number in JSON.
    ///
    /// - Parameter value: The number.
    /// - Returns: The metadata value.
    public static func number(_ value: Int) -> Logger.MetadataValue { .stringConvertible(value) }

    /// A duration or other fraction, which stays a number in JSON; written with six decimals.
    ///
    /// - Parameter value: The number.
    /// - Returns: The metadata value.
    public static func number(_ value: Double) -> Logger.MetadataValue { .stringConvertible(value) }
}
