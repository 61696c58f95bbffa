internal import Cryptography
internal import FastCGI

/// The body of an upload on its way in: read in blocks, timed, and hashed where that is asked for.
///
/// An upload holds a thread until its body has arrived, so each one must bring a minimum of bytes and end in time.
struct UploadBody: ~Copyable {
    private let exchange: Exchange
    private let settings: UploadSettings
    private let begin = ContinuousClock.now
    private var count: Int64 = 0
    private var hasher: SHA256Hasher?
    /// Held until the client has shown a token: so long it gets little time and room.
    private var stranger: StrangersDoor.Pass?

    /// From then on the average rate counts: connections begin slowly.
    private static let grace = Duration.seconds(30)
    /// How long a read waits for more, in milliseconds: so often the rate is looked at.
    private static let patience: Int32 = 1_000
    /// What a client without a token may send until the field of the form that holds one, how long that may take, and how
    /// long it is waited for meanwhile, in milliseconds.
    private static let anonymousBytes: Int64 = 64 << 10
    private static let anonymousTime = Duration.seconds(10)
    private static let anonymousWait: Int32 = 5_000

    /// Starts at the first byte of the body.
    ///
    /// - Parameters:
    ///   - exchange: The request.
    ///   - settings: How slow it may be.
    ///   - stranger: What lets a client in that has not shown a token yet; `nil` for one that has.
    ///   - isHashed: Whether the body's own digest is wanted.
    /// - Throws: `RequestFailure` where libcrypto fails.
    init(
        _ exchange: Exchange,
        _ settings: UploadSettings,
        stranger: StrangersDoor.Pass?,
        isHashed: Bool
    ) throws(RequestFailure) {
        self.exchange = exchange
        self.settings = settings
        self.stranger = stranger
        do { hasher = isHashed ? try SHA256Hasher() : nil } catch { throw .internal(cause: error.description) }
        if stranger != nil { exchange.limitWait(milliseconds: Self.anonymousWait) }
    }

    /// Notes that the client has shown its token.
    mutating func admit() {
        guard stranger != nil else { return }
        stranger = nil
        exchange.limitWait(milliseconds: nil)
    }

    /// Reads the next bytes.
    ///
    /// - Parameter buffer: Where they go.
    /// - Returns: How many there were; 0 at the announced end.
    /// - Throws: `RequestFailure` where the body breaks off or is too slow.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(RequestFailure) -> Int {
        let room = try room(in: buffer)
        let read: Int
        do { read = try exchange.readBody(into: room, patience: Self.patience) } catch { throw .body(error) }
        count += Int64(read)
        guard read > 0 else {
            if exchange.bodyIsComplete { return 0 }
            throw .upload(.incomplete)
        }
        try checkPace()
        do { try hasher?.update(UnsafeRawBufferPointer(rebasing: buffer[..<read])) } catch {
            throw .internal(cause: error.description)
        }
        return read
    }

    /// What of a buffer may be filled: before a token has been shown, no more than what may come before it.
    private func room(
        in buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> UnsafeMutableRawBufferPointer {
        guard stranger != nil else { return buffer }
        let left = Int(Self.anonymousBytes - count)
        guard left > 0 else { throw .upload(.fieldsTooLarge) }
        return UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(left))
    }

    /// The digest of all that was read, or `nil` where it was not wanted.
    mutating func digest() throws(RequestFailure) -> SHA256Digest? {
        guard let hasher = hasher.take() else { return nil }
        do { return try hasher.finalize() } catch { throw .internal(cause: error.description) }
    }

    private func checkPace() throws(RequestFailure) {
        let elapsed = ContinuousClock.now - begin
        if stranger != nil, elapsed > Self.anonymousTime { throw .upload(.tooSlow) }
        if elapsed > settings.timeout { throw .upload(.tooSlow) }
        guard let rate = settings.minimumRate, elapsed > Self.grace else { return }
        if count / max(1, elapsed.components.seconds) < rate { throw .upload(.tooSlow) }
    }
}
