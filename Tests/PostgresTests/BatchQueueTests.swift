import Testing

@testable import Postgres

@Suite("Who asks in a batch")
struct BatchQueueTests {
    private let queue = Queue(lanes: 1, largest: 3)

    @Test("whoever finds nobody asking goes at once, and leaves the lane free")
    func alone() {
        for _ in 0..<3 {
            #expect(queue.enter())
            #expect(queue.leave() == [])
        }
    }

    @Test("whoever waits goes on together with those who wait then, first come first served, and no more than fit")
    func together() {
        #expect(queue.enter())
        for caller in 1...5 {
            #expect(!queue.enter())
            queue.wait(caller)
        }
        #expect(queue.leave() == [1, 2, 3])
        #expect(!queue.enter(), "the lane belongs to the group")
        queue.wait(6)
        #expect(queue.leave() == [4, 5, 6])
        #expect(queue.leave() == [])
        #expect(queue.enter(), "nobody waits any more")
    }

    @Test("when it is no use to ask, nobody is kept waiting, and the lane is free")
    func givingUp() {
        #expect(queue.enter())
        for caller in 1...5 { queue.wait(caller) }
        #expect(queue.giveUp() == [1, 2, 3, 4, 5])
        #expect(queue.enter())
        #expect(queue.leave() == [])
    }

    @Test("as many groups ask at once as there are lanes", arguments: [1, 2, 5])
    func lanes(count: Int) {
        let queue = Queue(lanes: count, largest: 3)
        for _ in 0..<count { #expect(queue.enter()) }
        #expect(!queue.enter())
        #expect(queue.leave() == [])
        #expect(queue.enter())
    }

    @Test("a queue without lanes or room has one of each", arguments: [0, -1])
    func nonsense(number: Int) {
        let queue = Queue(lanes: number, largest: number)
        #expect(queue.enter())
        queue.wait(1)
        queue.wait(2)
        #expect(queue.leave() == [1])
    }
}

/// A queue behind a reference: `#expect` calls nothing that changes a value.
private final class Queue {
    private var state: BatchQueue<Int>

    init(lanes: Int, largest: Int) { state = BatchQueue(lanes: lanes, largest: largest) }

    func enter() -> Bool { state.enter() }
    func wait(_ caller: Int) { state.wait(caller) }
    func leave() -> [Int] { state.leave() }
    func giveUp() -> [Int] { state.giveUp() }
}
