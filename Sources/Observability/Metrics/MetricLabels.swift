/// Who sent the bytes of a body.
public enum DeliveryLabel: String, Sendable, CaseIterable {
    /// The web server, after `X-Accel-Redirect`.
    case accel
    /// The server behind a signed URL.
    case redirect
    /// One of our threads.
    case worker
}

/// The pools of threads.
public enum PoolLabel: String, Sendable, CaseIterable {
    /// The pool that answers the API and streams downloads.
    case download
    /// The pool that takes uploads.
    case upload
}

/// The states of a pooled database connection.
public enum ConnectionStateLabel: String, Sendable, CaseIterable {
    /// Open and waiting for a statement.
    case idle
    /// Leased.
    case busy
}

extension CaseIterable where Self: Equatable {
    /// The position of the case, which addresses its series.
    var labelIndex: Int {
        var index = 0
        for element in Self.allCases {
            if element == self { return index }
            index += 1
        }
        return index
    }
}
