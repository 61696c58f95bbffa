import Testing

@testable import ArtifactsAPI

@Suite("Places of long bodies")
struct StreamPlacesTests {
    @Test(
        "a few workers are kept free, of which half may wait",
        arguments: [
            (workers: 1, count: 1, waiting: 0), (2, 1, 0), (8, 7, 0), (16, 14, 1), (64, 56, 4), (320, 304, 8),
            (4096, 4080, 8),
        ]
    )
    func division(workers: Int, count: Int, waiting: Int) {
        let places = StreamPlaces(workers: workers)
        #expect(places.count == count)
        #expect(places.waitingCount == waiting)
    }

    @Test("who finds no place gets none, until one is given back")
    func exhaustion() {
        let places = StreamPlaces(workers: 4)
        var held = (0..<3).map { _ in places.take() }
        #expect(!held.contains { $0 == nil })
        #expect(places.take() == nil)
        held.removeLast()
        #expect(places.take() != nil)
        #expect(places.take() != nil, "a place that was let go of at once is free again")
    }

    @Test("who waits gets a place that becomes free, and none when the client has gone or the time is over")
    func waiting() {
        let places = StreamPlaces(workers: 16)
        var held = (0..<14).map { _ in places.take() }
        #expect(places.take(patience: .milliseconds(1)) == nil)
        #expect(places.take(patience: .seconds(600), unless: { true }) == nil)
        var asked = 0
        let place = places.take(patience: .seconds(600)) {
            asked += 1
            // One waits already: a second one is told at once.
            #expect(places.take(patience: .seconds(600)) == nil)
            held.removeLast()
            return false
        }
        #expect(place != nil)
        #expect(asked == 1)
    }
}
