/// Who is told how it goes.
public struct PublishObserver {
    /// What takes its time.
    public enum Step: String, Sendable {
        case packing
        case uploading
    }

    /// Gets one line about something that should be looked at.
    public var warn: (String) -> Void
    /// Gets one line about something that was done.
    public var note: (String) -> Void
    /// Gets the bytes that were done, and all that there are.
    public var progress: (Step, _ done: Int64, _ total: Int64) -> Void

    /// Collects the functions.
    ///
    /// - Parameters:
    ///   - warn: Gets one line about something that should be looked at.
    ///   - note: Gets one line about something that was done.
    ///   - progress: Gets the bytes that were done, and all that there are.
    public init(
        warn: @escaping (String) -> Void = { _ in },
        note: @escaping (String) -> Void = { _ in },
        progress: @escaping (Step, _ done: Int64, _ total: Int64) -> Void = { _, _, _ in }
    ) {
        self.warn = warn
        self.note = note
        self.progress = progress
    }
}
