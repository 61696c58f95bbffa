import Foundation
import Logging
import Testing

@testable import Observability

@Suite("Log lines")
struct LogHandlerTests {
    /// 2016-01-11T10:13:33.506Z, as in the documentation of the API.
    private static let time = WallTime(millisecondsSinceEpoch: 1_452_507_213_506)

    /// What a logger writes to its descriptor.
    private func output(
        _ format: LogFormat,
        threshold: LogThreshold = LogThreshold(.info),
        _ body: (inout Logger) -> Void
    ) throws -> String {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor, now: { Self.time })
        var logger = Logger(label: "test") { _ in
            LogSetup.handler(format: format, threshold: threshold, output: output)
        }
        body(&logger)
        try pipe.fileHandleForWriting.close()
        return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    @Test("a JSON line has GitLab's fields first and the others by name")
    func jsonOrder() throws {
        let line = try output(.json) { logger in
            logger[.correlationID] = "abc"
            logger[.projectID] = .number(7)
            logger.info(
                "Request finished",
                metadata: .fields([.status: .number(200), .durationSeconds: .number(0.25)])
            )
        }
        #expect(
            line == #"{"time":"2016-01-11T10:13:33.506Z","severity":"INFO","message":"Request finished","#
                + #""correlation_id":"abc","duration_s":0.250000,"meta.project_id":7,"status":200}"# + "\n"
        )
    }

    @Test("a JSON line is one line of valid JSON whatever the text")
    func jsonEscaping() throws {
        let nasty = "quote\" back\\slash \n\r\t \u{0} \u{1B}[2J \u{7F} \u{2028} ü 🧨"
        let line = try output(.json) { logger in
            logger.error("\(nasty)", metadata: ["key \"\n": .string(nasty), "array": ["a", "b"], "flag": "\(true)"])
        }
        #expect(line.utf8.filter { $0 == 0x0A }.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["message"] as? String == nasty)
        #expect(object["key \"\n"] as? String == nasty)
        #expect(object["severity"] as? String == "ERROR")
    }

    @Test("nested metadata becomes dotted keys, numbers and booleans stay what they are")
    func metadataKinds() throws {
        let line = try output(.json) { logger in
            logger.info("m", metadata: ["a": ["b": .number(1), "c": ["d": "x"]], "e": .stringConvertible(true)])
        }
        #expect(line.hasSuffix(#""message":"m","a.b":1,"a.c.d":"x","e":true}"# + "\n"), "\(line)")
    }

    @Test("metadata cannot repeat the fixed fields")
    func reserved() throws {
        let line = try output(.json) { $0.info("m", metadata: ["severity": "x", "time": "y", "message": "z"]) }
        #expect(line.hasSuffix(#""message":"m","extra.message":"z","extra.severity":"x","extra.time":"y"}"# + "\n"))
    }

    @Test("secrets are masked in the message, in values, in keys and by key", arguments: [LogFormat.json, .text])
    func redaction(format: LogFormat) throws {
        struct Failure: Error, CustomStringConvertible { let description = "password=hunter2" }
        let line = try output(format) { logger in
            logger[metadataKey: "private_token"] = "hunter2"
            logger.info(
                "GET /?job_token=hunter2",
                error: Failure(),
                metadata: ["url": "/?token=hunter2", "glpat-hunter2": "x", "list": ["token=hunter2"]]
            )
        }
        #expect(!line.contains("hunter2"), "\(line)")
        #expect(line.contains("[FILTERED]"))
    }

    @Test("a text line cannot be broken by its values")
    func textLine() throws {
        let line = try output(.text) { logger in
            logger.warning("Odd\nmessage", metadata: ["a": "plain", "b": "two words", "c": "\u{1B}[2J\n", "d": ""])
        }
        #expect(
            line == #"2016-01-11T10:13:33.506Z WARN Odd\nmessage a=plain b="two words" c="\u001b[2J\n" d="""# + "\n"
        )
    }

    @Test("the shared threshold applies to all loggers that have no level of their own")
    func threshold() throws {
        let threshold = LogThreshold(.warning)
        let text = try output(.text, threshold: threshold) { logger in
            logger.info("one")
            threshold.level = .debug
            logger.debug("two")
            var own = logger
            own.logLevel = .error
            own.info("three")
            logger.info("four")
        }
        let messages = text.split(separator: "\n").compactMap { $0.split(separator: " ").last }
        #expect(messages == ["two", "four"])
    }

    @Test("a long text is cut between characters, after it was redacted")
    func longText() throws {
        let line = try output(.json) { logger in
            logger.info("m", metadata: ["a": .string("x" + String(repeating: "ü", count: 10_000) + " token=abc")])
        }
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let value = try #require(object["a"] as? String)
        #expect(value == "x" + String(repeating: "ü", count: 4095) + "…[cut]")
    }

    @Test("lines of several threads never mix")
    func atomicLines() throws {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let threads = (0..<4).map { index in
            Thread {
                let handler = JSONLogHandler(threshold: LogThreshold(.info), output: output)
                let logger = Logger(label: "test") { _ in handler }
                for _ in 0..<100 { logger.info("m", metadata: ["v": "\(String(repeating: "\(index)", count: 100))"]) }
            }
        }
        for thread in threads { thread.start() }
        var text = ""
        while text.utf8.filter({ $0 == 0x0A }).count < 400 {
            text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        }
        for line in text.split(separator: "\n") {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
        }
    }

    @Test("a record can be written without a dictionary")
    func record() throws {
        var record = LogRecord(.notice, "m", format: .json, time: Self.time)
        record.add(.status, 404)
        record.add(.durationSeconds, 1.5)
        record.add(.path, "/x?token=a")
        #expect(
            String(decoding: record.finish(), as: UTF8.self)
                == #"{"time":"2016-01-11T10:13:33.506Z","severity":"NOTICE","message":"m","status":404,"#
                + #""duration_s":1.500000,"path":"/x?token=[FILTERED]"}"# + "\n"
        )
    }

    @Test(
        "fractions have six decimals, and what JSON cannot say is null",
        arguments: [
            (0, "0.000000"), (0.000_000_4, "0.000000"), (-1.25, "-1.250000"), (59.999_999_6, "60.000000"),
            (Double.nan, "null"), (.infinity, "null"), (1e300, "null"), (-0.5, "-0.500000"),
        ]
    )
    func fractions(value: Double, expected: String) {
        var bytes: [UInt8] = []
        LogText.appendFraction(value, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test(
        "times are UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_735_689_599_001, "2024-12-31T23:59:59.001Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
            (-1, "1970-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func times(milliseconds: Int64, expected: String) {
        var bytes: [UInt8] = []
        WallTime(millisecondsSinceEpoch: milliseconds).append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
