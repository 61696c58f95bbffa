import CZlib

/// Raw deflate (RFC 1951), as zip stores it.
func deflated(_ data: [UInt8], level: Int32 = 6) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard deflateInit2_(&stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
        return []
    }
    defer { deflateEnd(&stream) }
    var input = data
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(data.count))))
    return input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            deflate(&stream, Z_FINISH)
            return Array(output[..<(output.count - Int(stream.avail_out))])
        }
    }
}

/// Raw deflate in pieces, each ended by a flush: `Z_SYNC_FLUSH`, `Z_FULL_FLUSH`, `Z_PARTIAL_FLUSH`, `Z_BLOCK`.
func deflated(_ data: [UInt8], level: Int32, strategy: Int32 = 0, pieces: Int, flush: Int32) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard deflateInit2_(&stream, level, Z_DEFLATED, -15, 8, strategy, ZLIB_VERSION, size) == Z_OK else { return [] }
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: data.count + data.count / 10 + pieces * 64 + 1024)
    var input = data
    input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let piece = max(1, input.count / max(1, pieces))
            for start in stride(from: 0, to: input.count, by: piece) {
                stream.next_in = input.baseAddress.map { $0 + start }
                stream.avail_in = UInt32(min(piece, input.count - start))
                deflate(&stream, flush)
            }
            deflate(&stream, Z_FINISH)
        }
    }
    return Array(output[..<(output.count - Int(stream.avail_out))])
}

/// One deflate block of fixed codes, whatever its length (RFC 1951, 3.2.6): there is no end of a block but the last.
func deflatedAsOneBlock(_ data: [UInt8]) -> [UInt8] {
    // Huffman codes begin with their most significant bit (RFC 1951, 3.1.1).
    let codes = (UInt32(0)..<256).map { byte -> (code: UInt32, length: UInt32) in
        let (code, length): (UInt32, UInt32) = byte < 144 ? (0x30 + byte, 8) : (0x190 + byte - 144, 9)
        return ((0..<length).reduce(0) { $0 << 1 | code >> $1 & 1 }, length)
    }
    var bytes = [UInt8](repeating: 0, count: data.count * 9 / 8 + 16)
    var (hold, count, end): (UInt32, UInt32, Int) = (0b011, 3, 0)
    func put(_ code: UInt32, _ length: UInt32) {
        hold |= code << count
        count += length
        while count >= 8 {
            bytes[end] = UInt8(truncatingIfNeeded: hold)
            end += 1
            hold >>= 8
            count -= 8
        }
    }
    for byte in data { put(codes[Int(byte)].code, codes[Int(byte)].length) }
    put(0, 7)
    put(0, 7)
    return Array(bytes[..<end])
}

/// CRC-32 of bytes.
func crc32(of bytes: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: CZlib.crc32(0, bytes, UInt32(bytes.count)))
}
