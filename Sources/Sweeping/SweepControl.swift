/// How whoever runs a pass follows it and ends it early.
public struct SweepControl {
    let shouldStop: () -> Bool
    let onBatch: (SweepReport) -> Void
    let onFailure: (_ what: String, _ reason: String) -> Void

    /// Names the callbacks, all of them called on the thread of the pass.
    ///
    /// - Parameters:
    ///   - shouldStop: Asked between all steps, even between two that belong together: a pass that is stopped anywhere
    ///     leaves what a crash there would, and a later one goes on from it.
    ///   - onBatch: Told what each batch did, when it is committed.
    ///   - onFailure: Told of each content that could not be unlinked, and of each row and deletion that was passed over.
    public init(
        shouldStop: @escaping () -> Bool = { false },
        onBatch: @escaping (SweepReport) -> Void = { _ in },
        onFailure: @escaping (_ what: String, _ reason: String) -> Void = { _, _ in }
    ) {
        self.shouldStop = shouldStop
        self.onBatch = onBatch
        self.onFailure = onFailure
    }
}
