/// What a connection asks of libpq and of its session, beside the connection string.
///
/// These are defaults: what the connection string says wins, but for the encoding and the time zone, on which the
/// decoding relies.
public struct ConnectionOptions: Sendable {
    /// The name in `pg_stat_activity`.
    ///
    /// Default: `artifactd`.
    public var applicationName = "artifactd"

    /// How long opening a connection may take, in whole seconds and at least 2 (libpq's `connect_timeout`).
    ///
    /// Default: 5 s.
    public var connectTimeout: Duration = .seconds(5)

    /// How long a statement may run (`statement_timeout`); it fails with 57014.
    ///
    /// Default: the server's setting.
    public var statementTimeout: Duration?

    /// How long a statement may wait for one lock (`lock_timeout`); it fails with 55P03.
    ///
    /// Default: the server's setting.
    public var lockTimeout: Duration?

    /// How long a transaction may sit without a statement before the server ends the session.
    ///
    /// Default: 60 s.
    public var idleInTransactionTimeout: Duration? = .seconds(60)

    /// Plan a prepared statement once, for all values (`plan_cache_mode = force_generic_plan`).
    ///
    /// Without it the server plans the first five uses anew and weighs every later one; right for statements that find
    /// their rows by key, whose plan never depends on the values. Default: off.
    public var forcesGenericPlans = false

    /// Further settings of the session, by name.
    ///
    /// Default: `jit = off`. The planner's guesses about recursive queries are high enough for it to compile them, which
    /// takes a hundred times as long as running them.
    public var settings: [String: String] = ["jit": "off"]

    /// The defaults.
    public init() {}

    /// The settings as the server takes them at start-up, in a fixed order.
    var sessionSettings: [(name: String, value: String)] {
        // Nobody reads notices, and a client that skips them spares the server from sending them.
        var list: [(name: String, value: String)] = [("client_min_messages", "warning")]
        func add(_ name: String, _ duration: Duration?) {
            if let duration { list.append((name, "\(duration.milliseconds)ms")) }
        }
        add("statement_timeout", statementTimeout)
        add("lock_timeout", lockTimeout)
        add("idle_in_transaction_session_timeout", idleInTransactionTimeout)
        if forcesGenericPlans { list.append(("plan_cache_mode", "force_generic_plan")) }
        list += settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return list
    }
}

extension Duration {
    /// Whole milliseconds, within what a 32-bit setting of the server holds.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1000 else { return Int64(Int32.max) }
        return max(0, seconds) * 1000 + max(0, attoseconds) / 1_000_000_000_000_000
    }
}
