import Synchronization
import Testing

@testable import FastCGI

@Suite("Request parameters")
struct ParametersTests {
    @Test("the first of equal names counts, and a name is compared whole")
    func lookup() {
        let parameters: Parameters = .init(["A": "1", "AB": "2", "A": "3", "EMPTY": "", "EQ": "x=y"])
        #expect(parameters["A"] == "1")
        #expect(parameters["AB"] == "2")
        #expect(parameters["EMPTY"] == "")
        #expect(parameters["EQ"] == "x=y")
        #expect(parameters["B"] == nil)
        #expect(parameters.bytes("AB").map(Array.init) == Array("2".utf8))
        #expect(parameters.count == 5)
    }

    @Test("a field on several lines keeps all its values, in their order")
    func repeated() {
        let parameters: Parameters = .init(["A": "1", "AB": "2", "A": "", "XA": "4", "A": "3"])
        #expect(parameters.all("A").map { String(decoding: $0, as: UTF8.self) } == ["1", "", "3"])
        #expect(parameters.all("B") == [])
    }

    @Test("bytes that are not UTF-8 are kept, and replaced in text")
    func invalidText() throws {
        let seen = Recorder<[UInt8]>()
        let fixture = try PoolFixture { exchange in
            seen.append(exchange.parameters.bytes("A").map(Array.init) ?? [])
            exchange.answer(exchange.parameters["A"] ?? "")
        }
        let client = try fixture.client()
        try client.send(Wire.begin() + Wire.record(4, [1, 2] + Array("A".utf8) + [0xC3, 0x28]) + Wire.record(4, []))
        try client.send(Wire.body([]))
        #expect(try client.answer().body == Array("\u{FFFD}(".utf8))
        #expect(seen.firstElement() == [0xC3, 0x28])
    }

    @Test("more than 64 KiB of parameters arrive, long values and raw request targets unchanged")
    func manyAndLong() throws {
        var pairs = (0..<300).map { ("HTTP_X_\($0)", String(repeating: "v\($0)", count: 60)) }
        pairs.append(("REQUEST_URI", "/a//b/%2e%2e/c%2Fd%20e+f?q=%2F"))
        pairs.append(("HTTP_LONG", String(repeating: "long ", count: 14_000)))
        let seen = Recorder<Parameters>()
        let fixture = try PoolFixture { exchange in
            seen.append(exchange.parameters)
            exchange.answer("")
        }
        #expect(try fixture.client().exchange(pairs).isEnded)
        let parameters = try #require(seen.firstElement())
        // libfcgi puts FCGI_ROLE in front.
        #expect(parameters.count == pairs.count + 1)
        #expect(parameters["HTTP_X_0"] == pairs[0].1)
        #expect(parameters["HTTP_X_299"] == pairs[299].1)
        #expect(parameters["REQUEST_URI"] == "/a//b/%2e%2e/c%2Fd%20e+f?q=%2F")
        #expect(parameters["HTTP_LONG"] == pairs[301].1)
    }

    @Test("parameters that were kept stay what they were when the worker serves the next request")
    func keptCopies() throws {
        let seen = Recorder<Parameters>()
        let fixture = try PoolFixture { exchange in
            seen.append(exchange.parameters)
            exchange.answer("")
        }
        _ = try fixture.client().exchange([("A", "first")])
        _ = try fixture.client().exchange([("A", "other"), ("B", "x")])
        #expect(seen.all.map { $0["A"] } == ["first", "other"])
        #expect(seen.all.map { $0["B"] } == [nil, "x"])
    }
}
