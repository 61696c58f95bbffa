import HTTPSemantics
import Testing

@Suite("Media types")
struct MediaTypeTests {
    @Test(
        "the type follows from the extension, text with its charset",
        arguments: [
            ("index.html", "text/html; charset=utf-8"), ("a/b/INDEX.HTM", "text/html; charset=utf-8"),
            ("a.css", "text/css; charset=utf-8"),
            ("a.js", "text/javascript; charset=utf-8"), ("a.txt", "text/plain; charset=utf-8"),
            ("build.log", "text/plain; charset=utf-8"),
            ("README.md", "text/markdown; charset=utf-8"), ("a.csv", "text/csv; charset=utf-8"),
            ("junit.xml", "text/xml; charset=utf-8"),
            ("a.json", "application/json"), ("a.yml", "application/yaml"), ("a.YAML", "application/yaml"),
            ("a.svg", "image/svg+xml"),
            ("a.png", "image/png"), ("a.jpeg", "image/jpeg"), ("a.jpg", "image/jpeg"), ("a.gif", "image/gif"),
            ("a.webp", "image/webp"),
            ("favicon.ico", "image/vnd.microsoft.icon"), ("a.pdf", "application/pdf"), ("a.zip", "application/zip"),
            ("a.tar.gz", "application/gzip"), ("a.tar", "application/x-tar"), ("a.jar", "application/java-archive"),
            ("a.wasm", "application/wasm"), ("a.mp4", "video/mp4"), ("a.woff2", "font/woff2"),
            ("a.7z", "application/x-7z-compressed"),
            ("a.apk", "application/vnd.android.package-archive"), (".json", "application/json"),
            ("a.markdown", "text/markdown; charset=utf-8"),
            ("a.eot", "application/vnd.ms-fontobject"),
        ]
    )
    func known(name: String, type: String) {
        #expect(MediaType.contentType(fileName: name) == type)
    }

    @Test(
        "what is not known is bytes",
        arguments: [
            "", "Makefile", "a.", "a.xyz", "html", "a.html/b", "a.verylongextension", "a.ht", "a.html ", "ü.ü",
            "a.\u{212A}",
        ]
    )
    func unknown(name: String) {
        #expect(MediaType.contentType(fileName: name) == "application/octet-stream")
    }

    @Test("the control characters that no text holds are those of the contract", arguments: UInt8.min...UInt8.max)
    func textByte(byte: UInt8) {
        let binary: [ClosedRange<UInt8>] = [0x00...0x08, 0x0B...0x0B, 0x0E...0x1A, 0x1C...0x1F]
        #expect(MediaType.isText(prefix: [0x41, byte]) == !binary.contains { $0.contains(byte) })
    }

    @Test("only the first 512 bytes count, and empty content is no text")
    func prefix() {
        let text = [UInt8](repeating: 0x41, count: 511)
        #expect(!MediaType.isText(prefix: []))
        #expect(!MediaType.isText(prefix: text + [0]))
        #expect(MediaType.isText(prefix: text + [0x41, 0]))
        #expect(MediaType.isText(prefix: Array("<html>ü</html>".utf8)))
        #expect(!MediaType.isText(prefix: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    }
}
