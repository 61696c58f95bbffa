import HTTPSemantics
import Testing

@Suite("Content-Disposition")
struct ContentDispositionTests {
    @Test(
        "an archive is named in both forms",
        arguments: [
            ("artifacts.zip", "filename=\"artifacts.zip\"; filename*=UTF-8''artifacts.zip"),
            ("my art.zip", "filename=\"my art.zip\"; filename*=UTF-8''my%20art.zip"),
            ("prüf🐧.zip", "filename=\"pr?f?.zip\"; filename*=UTF-8''pr%C3%BCf%F0%9F%90%A7.zip"),
            ("e\u{301}.zip", "filename=\"e?.zip\"; filename*=UTF-8''e%CC%81.zip"),
            ("a\"b\\c.zip", "filename=\"a\\\"b\\\\c.zip\"; filename*=UTF-8''a%22b%5Cc.zip"),
            ("a\r\nX: y\u{0}\u{7F}\u{85}.zip", "filename=\"aX: y.zip\"; filename*=UTF-8''aX%3A%20y.zip"),
            ("", "filename=\"\"; filename*=UTF-8''"),
        ]
    )
    func archive(name: String, parameters: String) {
        #expect(ContentDisposition.archive(name: name).fieldValue == "attachment; " + parameters)
    }

    @Test(
        "a file is named by its base name, in the second form only if it is not plain ASCII",
        arguments: [
            ("report.xml", "filename=\"report.xml\""), ("dir/sub/b c.txt", "filename=\"b c.txt\""),
            ("dir/a\"b\\c", "filename=\"a\\\"b\\\\c\""), ("a;b=c.txt", "filename=\"a;b=c.txt\""),
            ("ä/ü.txt", "filename=\"ü.txt\"; filename*=UTF-8''%C3%BC.txt"), ("ä/u.txt", "filename=\"u.txt\""),
            ("dir/a\nb\t\u{1B}.txt", "filename=\"ab.txt\""), ("dir/", "filename=\"\""),
        ]
    )
    func file(path: String, parameters: String) {
        #expect(ContentDisposition.file(path: path).fieldValue == "attachment; " + parameters)
    }

    @Test("a name too long for the second form is sent in the first only")
    func longName() {
        let name = String(repeating: "ü", count: 10_000)
        #expect(ContentDisposition.file(path: "dir/" + name).fieldValue == "attachment; filename=\"\(name)\"")
    }
}
