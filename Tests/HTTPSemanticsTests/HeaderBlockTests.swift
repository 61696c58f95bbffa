import HTTPSemantics
import Testing

@Suite("Header blocks")
struct HeaderBlockTests {
    private func text(_ build: (inout HeaderBlock) -> Void) -> String {
        var header = HeaderBlock()
        build(&header)
        return String(decoding: header.bytes, as: UTF8.self)
    }

    @Test("the fields of another block follow as they are")
    func fields() {
        let fields = text { $0.append("X-Page", 1) }
        let built = text { header in
            header.appendStatus(200)
            var other = HeaderBlock()
            other.append("X-Page", 1)
            header.append(other)
            header.finish()
        }
        #expect(built == "Status: 200 OK\r\n\(fields)\r\n")
    }

    @Test("fields are appended in their order behind the status")
    func block() {
        let built = text { header in
            header.appendStatus(206)
            header.append("Content-Type", "application/zip")
            header.append("Content-Length", 9_223_372_036_854_775_807)
            header.append("Last-Modified", date: 784_111_777)
            header.append("X-Next-Page", "")
            header.finish()
        }
        #expect(
            built == """
                Status: 206 Partial Content\r
                Content-Type: application/zip\r
                Content-Length: 9223372036854775807\r
                Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r
                X-Next-Page: \r
                \r

                """
        )
    }

    @Test("numbers are written in decimal", arguments: [0, 7, 10, 1_000_000, -1, Int64.min, Int64.max])
    func numbers(value: Int64) {
        #expect(text { $0.append("N", value) } == "N: \(value)\r\n")
    }

    @Test("control characters are dropped from values, so that no value starts a field")
    func injection() {
        #expect(text { $0.append("A", "x\r\nSet-Cookie: y\n\u{0}\u{1F}\u{7F}z\tü") } == "A: xSet-Cookie: yz\tü\r\n")
        #expect(text { $0.append("A", bytes: [0x61, 0x0D, 0x0A, 0x62, 0x00]) } == "A: ab\r\n")
    }

    @Test(
        "every status of the contract has its phrase",
        arguments: [
            (200, "OK"), (201, "Created"), (202, "Accepted"), (204, "No Content"), (301, "Moved Permanently"),
            (302, "Found"),
            (304, "Not Modified"), (400, "Bad Request"), (401, "Unauthorized"), (403, "Forbidden"), (404, "Not Found"),
            (405, "Method Not Allowed"), (410, "Gone"), (412, "Precondition Failed"), (413, "Content Too Large"),
            (416, "Range Not Satisfiable"), (422, "Unprocessable Content"), (500, "Internal Server Error"),
            (503, "Service Unavailable"), (507, "Insufficient Storage"), (299, "Unknown"), (499, "Unknown"),
            (0, "Unknown"),
        ]
    )
    func phrases(status: Int, phrase: String) {
        #expect(text { $0.appendStatus(status) } == "Status: \(status) \(phrase)\r\n")
    }

    @Test("a block is empty again after removal")
    func reuse() {
        var header = HeaderBlock(minimumCapacity: 16)
        header.append("A", "b")
        header.removeAll()
        #expect(header.bytes.isEmpty)
        header.append("C", 1)
        #expect(header.bytes == Array("C: 1\r\n".utf8))
    }
}
