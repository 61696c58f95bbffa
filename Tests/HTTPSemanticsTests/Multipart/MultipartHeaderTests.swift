import HTTPSemantics
import Testing

@Suite("Headers of multipart bodies")
struct MultipartHeaderTests {
    @Test(
        "the boundary is found in a Content-Type",
        arguments: [
            ("multipart/form-data; boundary=abc", "abc"), ("multipart/form-data; boundary=\"a b\"", "a b"),
            ("Multipart/Form-Data;BOUNDARY=abc", "abc"),
            ("multipart/form-data ; charset=utf-8 ; boundary=abc ;", "abc"),
            ("multipart/form-data; boundary=\"gc0p4Jq0M2Yt08j34c0p\"", "gc0p4Jq0M2Yt08j34c0p"),
            (
                "multipart/form-data; boundary=------------------------d74496d66958873e",
                "------------------------d74496d66958873e"
            ),
            ("multipart/form-data; boundary=a:b/c=d?", "a:b/c=d?"), ("multipart/form-data; boundary=\"a\\b\"", "ab"),
        ]
    )
    func boundary(contentType: String, boundary: String) throws {
        let expected = try #require(MultipartBoundary(Array(boundary.utf8)))
        #expect(MultipartBoundary.find(in: ArraySlice(contentType.utf8)) == .form(expected))
    }

    @Test(
        "a form without a usable boundary is invalid, another type is none",
        arguments: [
            ("multipart/form-data", true), ("multipart/form-data; boundary=", true),
            ("multipart/form-data; boundary=\"\"", true), ("multipart/form-data; boundary=\"a", true),
            ("multipart/form-data; boundary=a; boundary=b", true), ("multipart/form-data; boundary=\"a \"", true),
            ("multipart/form-data; boundary=\(String(repeating: "x", count: 71))", true),
            ("multipart/form-data; boundary=a\((1...32).map { "; p\($0)=1" }.joined())", true),
            ("multipart/form-data; boundary=a@b", true), ("multipart/form-data boundary=a", true),
            ("", false), ("application/json", false), ("multipart/mixed; boundary=a", false),
            ("application/x-www-form-urlencoded", false), ("multipart/form-datax; boundary=a", false),
        ]
    )
    func none(contentType: String, isInvalid: Bool) {
        let outcome = MultipartBoundary.find(in: ArraySlice(contentType.utf8))
        // "form-data boundary=a" is no media type at all.
        let isForm = contentType.hasPrefix("multipart/form-data boundary")
        #expect(outcome == (isInvalid && !isForm ? .invalid : .other))
    }

    private func part(_ disposition: String) throws -> MultipartPart {
        let boundary = try #require(MultipartBoundary([0x62]))
        let body = Array("--b\r\nContent-Disposition: \(disposition)\r\n\r\n\r\n--b--".utf8)
        let reading = MultipartExercise.read(body, boundary, pieces: [body.count])
        if let error = reading.error { throw error }
        return try #require(reading.parts.first).header
    }

    @Test(
        "the file's name is what the encoder meant",
        arguments: [
            ("filename=\"my art.zip\"", "my art.zip"), ("filename=a.zip", "a.zip"), ("filename=\"\"", ""),
            (#"filename="a\"b\\c.zip""#, #"a"b\c.zip"#), (#"filename="a%22b%0D%0A%0d%0a.zip""#, "a\"b\r\n\r\n.zip"),
            (#"filename="C:\dir\a.zip""#, #"C:\dir\a.zip"#), ("filename=\"100%.zip\"", "100%.zip"),
            ("filename=\"100%25.zip\"", "100%25.zip"), ("filename=\"ü.zip\"", "ü.zip"),
            ("filename*=UTF-8''%C3%BC%20x.zip", "ü x.zip"),
            ("filename=\"u.zip\"; filename*=utf-8'en'%C3%BC.zip", "ü.zip"),
            ("filename=\"u.zip\"; filename*=iso-8859-1''%FC.zip", "u.zip"), ("filename=\"a;b=c.zip\"", "a;b=c.zip"),
            ("FILENAME = \"a.zip\" ;", "a.zip"),
        ]
    )
    func filename(parameter: String, name: String) throws {
        let part = try part("form-data; name=\"file\"; \(parameter)")
        #expect(part.name == "file")
        #expect(part.filename == name)
    }

    @Test("only form-data names a field")
    func otherDisposition() throws {
        let part = try part("attachment; name=\"file\"; filename=\"a\"")
        #expect(part.name == nil)
        #expect(part.filename == nil)
    }

    @Test("fields of a part are found in any case, continued lines too")
    func fields() throws {
        let part = try part("form-data;\r\n name=\"file\"\r\nCONTENT-digest:  x\t\r\nX: 1\r\nX: 2")
        #expect(part.name == "file")
        #expect(part.field("content-digest") == "x")
        #expect(part.field("x") == "2")
        #expect(part.field("y") == nil)
    }

    @Test(
        "of a path the last component stays, without control characters",
        arguments: [
            ("a.zip", "a.zip"), ("dir/a.zip", "a.zip"), ("../../etc/passwd", "passwd"), (#"C:\dir\a.zip"#, "a.zip"),
            ("a\r\nSet-Cookie: x.zip", "aSet-Cookie: x.zip"), ("a\u{0}\u{7F}\u{85}b", "ab"), ("dir/", ""), ("..", ""),
            (".", ""), ("", ""), ("ü ☃.zip", "ü ☃.zip"), ("...", "..."),
        ]
    )
    func lastComponent(sent: String, name: String) {
        #expect(MultipartPart.lastComponent(of: sent) == name)
    }

    @Test(
        "the SHA-256 of a digest field is found",
        arguments: [
            ("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
            (
                "sha-512=:AA==:, sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:;x=1",
                "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
            ),
            (
                "sha-256=:AAAA:,sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
                "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
            ),
        ]
    )
    func digest(field: String, base64: String) {
        #expect(DigestField.sha256(in: field) == .base64(base64))
    }

    @Test(
        "a malformed digest is told, an absent one is not",
        arguments: [
            ("", DigestField.Outcome.absent), ("sha-512=:AA==:", .absent), ("md5", .absent), ("sha-256=", .malformed),
            ("sha-256=:AAAA:", .malformed), ("sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", .malformed),
            ("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", .malformed),
            ("sha-256=:47DEQpj8HBSa+_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=:", .malformed),
        ]
    )
    func noDigest(field: String, outcome: DigestField.Outcome) {
        #expect(DigestField.sha256(in: field) == outcome)
    }
}
