internal import CLibCurl

/// HTTP by libcurl: one handle, one request at a time, connections kept for the next.
///
/// Proxies are those of libcurl's environment variables (`https_proxy`, `no_proxy`). Redirects are not followed, because
/// libcurl would carry tokens in fields such as `PRIVATE-TOKEN` to any other host.
public final class CurlTransport: HTTPTransport {
    private let handle: UnsafeMutableRawPointer
    private let options: CurlOptions
    private let shouldStop: @Sendable () -> Bool

    /// Makes a handle.
    ///
    /// The corresponding C functions are `curl_global_init` and `curl_easy_init`.
    ///
    /// - Parameters:
    ///   - options: How connections are made.
    ///   - shouldStop: Asked about once a second; true breaks the call off.
    /// - Throws: ``TransferError`` of the kind `library`.
    public init(_ options: CurlOptions, shouldStop: @escaping @Sendable () -> Bool) throws(TransferError) {
        guard artifactd_globalInit() == CURLE_OK, let handle = curl_easy_init() else {
            throw TransferError(.libcurl, "libcurl could not be initialised")
        }
        self.handle = handle
        self.options = options
        self.shouldStop = shouldStop
    }

    deinit {
        curl_easy_cleanup(handle)
    }

    /// Sends a request and reads its response.
    ///
    /// The corresponding C function is `curl_easy_perform`.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - limit: How many milliseconds it may take in all.
    ///   - onProgress: Gets the number of bytes of the body that were sent so far.
    /// - Returns: The response, whatever its status.
    /// - Throws: ``TransferError`` where there is none.
    public func perform(
        _ call: HTTPCall,
        limit: Int64,
        onProgress: (Int64) -> Void
    ) throws(TransferError) -> HTTPReply {
        guard limit > 0 else { throw TransferError(.timeout, "no time is left") }
        let transfer = Transfer(body: call.body, shouldStop: shouldStop)
        let fields = FieldList(call)
        let code = withoutActuallyEscaping(onProgress) { onProgress in
            transfer.onProgress = onProgress
            defer { transfer.onProgress = nil }
            return run(call, transfer, fields, limit)
        }
        guard code == CURLE_OK else { throw failure(code, transfer) }
        var status = 0
        _ = artifactd_getLong(handle, CURLINFO_RESPONSE_CODE, &status)
        return HTTPReply(status: status, headers: transfer.headers, body: transfer.received)
    }

    private func run(_ call: HTTPCall, _ transfer: Transfer, _ fields: FieldList, _ limit: Int64) -> CURLcode {
        curl_easy_reset(handle)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_URL, call.url)
        set(CURLOPT_USERAGENT, options.userAgent)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: min(options.connectLimit, limit)))
        set(CURLOPT_TIMEOUT_MS, Int(clamping: limit))
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_LOW_SPEED_TIME, options.stallLimit)
        // A server that means to refuse says so at once; who does not answer at all gets the body after a second.
        set(CURLOPT_EXPECT_100_TIMEOUT_MS, 1000)
        if let certificates = options.certificates { set(CURLOPT_CAINFO, certificates) }
        _ = artifactd_setList(handle, CURLOPT_HTTPHEADER, fields.list)
        setBody(of: call, transfer)
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        transfer.connect(handle, context)
        return withExtendedLifetime((transfer, fields)) { curl_easy_perform(handle) }
    }

    private func setBody(of call: HTTPCall, _ transfer: Transfer) {
        if call.method != "GET" {
            set(CURLOPT_POST, 1)
            _ = artifactd_setOffset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(call.body.length))
        }
        set(CURLOPT_CUSTOMREQUEST, call.method)
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = artifactd_setLong(handle, option, value) }

    private func set(_ option: CURLoption, _ value: String) { _ = artifactd_setText(handle, option, value) }

    private func failure(_ code: CURLcode, _ transfer: Transfer) -> TransferError {
        let text = String(cString: curl_easy_strerror(code))
        return TransferError(transfer.bodyFailed ? .body : TransferError.Kind(code), text)
    }
}

extension TransferError.Kind {
    fileprivate init(_ code: CURLcode) {
        switch code {
        case CURLE_ABORTED_BY_CALLBACK: self = .interrupted
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR:
            self = .trust
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_FAILED_INIT, CURLE_URL_MALFORMAT, CURLE_OUT_OF_MEMORY,
            CURLE_NOT_BUILT_IN, CURLE_BAD_FUNCTION_ARGUMENT:
            self = .libcurl
        default: self = .connection
        }
    }
}
