import Artifacts
import Postgres

/// A stored artifact.
struct ArtifactRow: Equatable {
    /// When it expires, and how the document says so.
    struct Expiry: Equatable {
        var moment: Int64?
        /// The relative time that `expire_at` gave.
        var expression: String?
        /// What `expire_in` gave.
        var period: String?
    }

    var filename: String
    var digest: [UInt8]
    var access = ArtifactAccess.all.rawValue
    var expiry = Expiry()
    var createdAt: Int64

    /// Takes over what the document says; the same expression or period is no change whatever the clock says.
    mutating func take(_ declared: ArtifactEntry.Expiry?, now: Int64) {
        switch declared {
        case nil: break
        case .after(let period, let length):
            if expiry.period != period { expiry = Expiry(moment: length.end(from: createdAt), period: period) }
        case .at(let setting):
            var time = StoredTime(moment: expiry.moment, expression: expiry.expression)
            let before = time
            time.take(setting, now: now)
            if time != before { expiry = Expiry(moment: time.moment, expression: time.expression) }
        }
    }
}

extension ExpireIn {
    fileprivate func end(from start: Int64) -> Int64? {
        switch self {
        case .never: nil
        case .after(let microseconds): start + microseconds
        }
    }
}
