internal import Glibc
internal import Synchronization
internal import ZipArchive

/// The buffers that extracting one member needs, lent to one request at a time.
///
/// `@unchecked Sendable`: a set of buffers is either in the pool or in the hands of the one request that took it; the
/// pool's mutex orders the two.
final class WorkerBuffers: @unchecked Sendable {
    let member: MemberBuffers
    /// Where a member's first block is read to: a member that fits is checked before its header is sent.
    let block: UnsafeMutableRawBufferPointer

    fileprivate init?() {
        guard let member = MemberBuffers() else { return nil }
        self.member = member
        block = .allocate(byteCount: Self.blockSize, alignment: Self.pageSize)
    }

    deinit { block.deallocate() }

    private static let blockSize = 64 << 10
    private static let pageSize = 4096

    /// Gives the block's memory back while it is not needed; it is there again, with zeros, when it is touched.
    ///
    /// For answers that take long: with many of them the blocks, of no more use, would be a quarter of all memory. The
    /// corresponding C function is `madvise` with `MADV_DONTNEED`.
    func releaseBlock() {
        madvise(block.baseAddress, Self.blockSize, Int32(MADV_DONTNEED))
    }
}

/// The buffers that no request holds; there are never more than requests at one time.
final class BufferPool: Sendable {
    private let free = Mutex<[WorkerBuffers]>([])

    /// Runs a request's work with buffers of its own.
    ///
    /// - Parameter body: The work; it must not keep the buffers.
    /// - Returns: What the work returns, or `nil` where there is no memory for buffers.
    func withBuffers<R>(_ body: (WorkerBuffers) -> R) -> R? {
        guard let buffers = free.withLock({ $0.popLast() }) ?? WorkerBuffers() else { return nil }
        defer { free.withLock { $0.append(buffers) } }
        return body(buffers)
    }
}
