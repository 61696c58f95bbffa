internal import CLibCurl
internal import Glibc

/// What libcurl's callbacks need of one call, and what they gather.
final class Transfer {
    /// How much of a response's body is kept: answers of the API are small.
    private static let bodyLimit = 1 << 20

    private let body: HTTPCall.Body
    private let shouldStop: @Sendable () -> Bool
    private var position: Int64 = 0
    fileprivate(set) var headers: [(name: String, value: String)] = []
    fileprivate(set) var received: [UInt8] = []
    fileprivate(set) var bodyFailed = false
    var onProgress: ((Int64) -> Void)?

    init(body: HTTPCall.Body, shouldStop: @escaping @Sendable () -> Bool) {
        self.body = body
        self.shouldStop = shouldStop
    }

    /// Makes this the target of a handle's callbacks.
    func connect(_ handle: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer) {
        for option in [CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_XFERINFODATA]
        {
            _ = artifactd_setPointer(handle, option, context)
        }
        _ = artifactd_setTransfer(handle, CURLOPT_READFUNCTION) { buffer, size, count, context in
            guard let buffer else { return 0 }
            return Transfer.of(context)?.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
                ?? 0
        }
        _ = artifactd_setTransfer(handle, CURLOPT_WRITEFUNCTION) { buffer, size, count, context in
            Transfer.of(context)?.take(UnsafeRawBufferPointer(start: buffer, count: size * count))
            return size * count
        }
        _ = artifactd_setTransfer(handle, CURLOPT_HEADERFUNCTION) { buffer, size, count, context in
            Transfer.of(context)?.takeHeader(UnsafeRawBufferPointer(start: buffer, count: size * count))
            return size * count
        }
        _ = artifactd_setSeek(handle) { context, offset, origin in
            guard origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
            Transfer.of(context)?.position = Int64(offset)
            return CURL_SEEKFUNC_OK
        }
        _ = artifactd_setLong(handle, CURLOPT_NOPROGRESS, 0)
        _ = artifactd_setProgress(handle) { context, _, _, _, sent in
            Transfer.of(context)?.progress(Int64(sent)) == false ? 1 : 0
        }
    }

    /// The object behind a callback's pointer, which lives as long as the call.
    private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// False breaks the call off.
    private func progress(_ sent: Int64) -> Bool {
        onProgress?(sent)
        return !shouldStop()
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        received += bytes.prefix(max(0, Self.bodyLimit - received.count))
    }

    /// Each response, an interim one too, begins with a status line.
    private func takeHeader(_ line: UnsafeRawBufferPointer) {
        if line.starts(with: "HTTP/".utf8) {
            headers = []
            received = []
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        let end = value.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? value.startIndex
        headers.append(
            (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value[..<end], as: UTF8.self))
        )
    }
}

extension Transfer {
    /// Gives libcurl the next bytes of the body: 0 at its end, or the value that breaks the call off.
    private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count: Int
        switch body {
        case .none: return 0
        case .bytes(let bytes): count = copy(bytes, from: 0, into: buffer)
        case .file(let before, let descriptor, let length, let after):
            let end = Int64(before.count) + length
            if position < Int64(before.count) {
                count = copy(before, from: 0, into: buffer)
            } else if position < end {
                count = read(descriptor, at: position - Int64(before.count), upTo: end - position, into: buffer)
            } else {
                count = copy(after, from: end, into: buffer)
            }
        }
        guard count >= 0 else {
            bodyFailed = true
            return Int(CURL_READFUNC_ABORT)
        }
        position += Int64(count)
        return count
    }

    private func copy(_ bytes: [UInt8], from start: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let rest = bytes.dropFirst(Int(clamping: position - start)).prefix(buffer.count)
        buffer.copyBytes(from: rest)
        return rest.count
    }

    /// The corresponding C function is `pread`; -1 where the file cannot be read, or is shorter than it was.
    private func read(
        _ descriptor: Int32,
        at offset: Int64,
        upTo limit: Int64,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, min(buffer.count, Int(clamping: limit)), off_t(offset))
            if count > 0 { return count }
            if count == 0 || errno != EINTR { return -1 }
        }
    }
}
