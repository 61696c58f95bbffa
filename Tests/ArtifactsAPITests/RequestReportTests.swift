import FastCGI
import HTTPSemantics
import Testing

@testable import ArtifactsAPI

@Suite("Request report")
struct RequestReportTests {
    private struct NoSource: BodySource {
        func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {}
    }

    @Test("body bytes that the worker sends are counted, but for HEAD")
    func bytes() {
        let multipart = MultipartRanges(
            ranges: [ByteRange(first: 0, last: 9), ByteRange(first: 20, last: 29)],
            size: 100,
            contentType: "text/plain"
        )
        let bodies: [(Answer.Body, Int64)] = [
            (.empty, 0), (.accelerated, 0), (.stream(NoSource(), 5..<12), 7),
            (.multipart(NoSource(), multipart), multipart.length),
        ]
        for (body, count) in bodies {
            let answer = Answer(status: 200, fields: HeaderBlock(), body: body, delivery: .worker)
            var report = RequestReport(requestID: "test")
            report.answered(answer, .get)
            #expect(report.bytes == count)
            var head = RequestReport(requestID: "test")
            head.answered(answer, .head)
            #expect(head.bytes == 0)
            #expect(head.status == 200)
        }
    }

    @Test(
        "a transfer that broke for another reason than the client's leaving is a fault",
        arguments: [
            (.clientGone, false), (.timedOut, false), (.bodyAborted, false), (.truncatedFile, true),
            (.fileRead(errno: 5), true),
        ] as [(ExchangeError, Bool)]
    )
    func faults(error: ExchangeError, isFault: Bool) {
        var report = RequestReport(requestID: "test")
        report.broke(.exchange(error))
        #expect(report.isDamaged == isFault)
        #expect(report.cause != nil)
    }
}
