import Postgres

/// A time as it is stored: the moment, and the relative expression that it came from.
struct StoredTime: Equatable {
    var moment: Int64?
    /// `now-1d`, or `30 days` for an expiry counted from the record's creation.
    var expression: String?

    init(moment: Int64? = nil, expression: String? = nil) {
        self.moment = moment
        self.expression = expression
    }

    /// Reads the moment and the expression from two columns.
    init(_ row: Row, _ moment: Int, _ expression: Int) throws(PostgresError) {
        self.moment = try row.optionalTimestamp(moment)
        self.expression = try row.optionalText(expression)
    }

    /// Takes over what the document says: the same expression is no change whatever the clock says, nor the same moment.
    mutating func take(_ time: TimeExpression?, now: Int64) {
        switch time {
        case nil: break
        case .absolute(let declared):
            if moment != declared { self = StoredTime(moment: declared) }
        case .relative(let text, _):
            if expression != text { self = StoredTime(moment: time?.resolved(now: now), expression: text) }
        }
    }

    /// The same for a time that may be null.
    mutating func take(_ setting: Setting<TimeExpression>?, now: Int64) {
        switch setting {
        case nil: break
        case .null: if moment != nil { self = StoredTime() }
        case .value(let time): take(time, now: now)
        }
    }

    var timestamp: SQLTimestamp? { moment.map(SQLTimestamp.init(microseconds:)) }
}
