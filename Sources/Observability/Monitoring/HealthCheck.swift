/// One thing that must work before the server may get requests.
public struct HealthCheck: Sendable {
    /// What is checked, as `database`; its answer is printed as `database_check`.
    public let name: String

    /// Checks it: nil if it works, else why not, in words safe to show.
    ///
    /// It must end by itself within a second or two.
    public let run: @Sendable () -> String?

    /// Makes a check.
    ///
    /// - Parameters:
    ///   - name: What is checked, as `database`.
    ///   - run: Checks it: nil if it works, else why not, in words safe to show.
    public init(_ name: String, run: @escaping @Sendable () -> String?) {
        self.name = name
        self.run = run
    }
}
