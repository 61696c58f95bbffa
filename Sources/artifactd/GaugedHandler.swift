import FastCGI
import Observability

/// A handler whose busy threads are counted, for the figures of one pool.
struct GaugedHandler: RequestHandler {
    private let handler: any RequestHandler
    private let busy: Gauge

    init(_ handler: any RequestHandler, _ busy: Gauge) {
        self.handler = handler
        self.busy = busy
    }

    func handle(_ exchange: Exchange) {
        busy.add(1)
        defer { busy.add(-1) }
        handler.handle(exchange)
    }
}
