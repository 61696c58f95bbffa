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

    @Test("who finds no place while none changes hands gets none, until one is given back")
    func exhaustion() {
        let places = StreamPlaces(workers: 4, patience: .zero)
        var held = (0..<3).map { _ in places.take() }
        #expect(!held.contains { $0 == nil })
        #expect(places.take() == nil)
        held.removeLast()
        #expect(places.take() != nil)
        #expect(places.take() != nil, "a place that was let go of at once is free again")
    }

    @Test("who finds no place while they change hands quickly waits for one, unless the client has gone")
    func waiting() {
        let places = StreamPlaces(workers: 4, patience: .seconds(600))
        var held = (0..<3).map { _ in places.take() }
        #expect(places.take(unless: { true }) == nil)
        var asked = 0
        let place = places.take {
            asked += 1
            if asked == 3 { held.removeLast() }
            return false
        }
        #expect(place != nil)
        #expect(asked == 3)
    }

    @Test("waiting ends after a while")
    func end() {
        let places = StreamPlaces(workers: 2, patience: .milliseconds(30))
        let held = places.take()
        #expect(held != nil)
        #expect(places.take() == nil)
    }
}
