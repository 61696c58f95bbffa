import Synchronization

/// A fixed statement of a hot path, prepared once by each connection that uses it.
///
/// Keep it in a `static let`: its identity is the key under which a connection finds the prepared form, so the text
/// is never hashed or compared, and each `Statement` made takes a place in every connection that runs it.
///
///     private static let job = Statement("SELECT state FROM jobs WHERE project_id = $1 AND id = $2")
public final class Statement: Sendable {
    /// The text, with `$1`, `$2` and so on where the binds go.
    public let text: String

    /// Counts the statements of the process; an index into each connection's table.
    let id: Int

    private static let made = Atomic<Int>(0)

    /// A statement of this text.
    ///
    /// - Parameter text: The text, which must hold nothing from outside: values are binds.
    public init(_ text: String) {
        self.text = text
        id = Self.made.add(1, ordering: .relaxed).oldValue
    }
}
