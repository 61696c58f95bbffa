internal import CLibCurl

/// Header fields in libcurl's form, freed with it.
final class FieldList {
    private(set) var list: UnsafeMutablePointer<curl_slist>?

    /// The corresponding C function is `curl_slist_append`, which copies.
    init(_ call: HTTPCall) {
        for (name, value) in call.headers { append("\(name): \(value)") }
        // Small bodies go out at once; libcurl announces larger ones by itself only above a mebibyte.
        if call.body.length < 1 << 20 { append("Expect:") }
    }

    deinit {
        curl_slist_free_all(list)
    }

    private func append(_ line: String) {
        if let longer = curl_slist_append(list, line) { list = longer }
    }
}
