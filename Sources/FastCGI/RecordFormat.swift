internal import CFastCGI

/// The sizes and the bytes of FastCGI records (FastCGI specification 1.0, sections 3.3 and 5.5).
enum RecordFormat {
    static let headerLength = 8
    /// The content of a record may have 65,535 bytes; the largest multiple of eight below needs no padding.
    static let maximumContent = 65_528
    /// An empty `FCGI_STDOUT` and one `FCGI_END_REQUEST`, or with the record of ``putNoMore(at:)`` behind them.
    static let endLength = 24
    static let lastEndLength = 32

    /// Writes the header of a record.
    static func putHeader(
        _ type: Int32,
        requestID: UInt16,
        contentLength: Int,
        at pointer: UnsafeMutableRawPointer
    ) {
        pointer.storeBytes(of: UInt8(FCGI_VERSION_1), as: UInt8.self)
        pointer.storeBytes(of: UInt8(truncatingIfNeeded: type), toByteOffset: 1, as: UInt8.self)
        pointer.storeBytes(of: requestID.bigEndian, toByteOffset: 2, as: UInt16.self)
        pointer.storeBytes(of: UInt16(truncatingIfNeeded: contentLength).bigEndian, toByteOffset: 4, as: UInt16.self)
        pointer.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
    }

    /// Writes the two records that end a request.
    static func putEnd(
        requestID: UInt16,
        appStatus: UInt32,
        protocolStatus: Int32,
        at pointer: UnsafeMutableRawPointer
    ) {
        putHeader(FCGI_STDOUT, requestID: requestID, contentLength: 0, at: pointer)
        putHeader(FCGI_END_REQUEST, requestID: requestID, contentLength: 8, at: pointer + 8)
        pointer.storeBytes(of: appStatus.bigEndian, toByteOffset: 16, as: UInt32.self)
        pointer.storeBytes(of: 0, toByteOffset: 20, as: UInt32.self)
        pointer.storeBytes(of: UInt8(truncatingIfNeeded: protocolStatus), toByteOffset: 20, as: UInt8.self)
    }
    /// Writes a management record without content, `FCGI_GET_VALUES_RESULT`, which says that the connection is not kept.
    ///
    /// FastCGI has no word for it. nginx keeps a connection only if nothing follows `FCGI_END_REQUEST`
    /// (ngx_http_fastcgi_input_filter); else it could send the next request while we close, and lose it.
    static func putNoMore(at pointer: UnsafeMutableRawPointer) {
        putHeader(FCGI_GET_VALUES_RESULT, requestID: 0, contentLength: 0, at: pointer)
    }
}
