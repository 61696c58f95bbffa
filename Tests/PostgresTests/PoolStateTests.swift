import Testing

@testable import Postgres

/// Scripts of events and the outcomes they must have.
///
/// Waiters are named 1, 2, …; places are numbered from 0.
@Suite("Pool state")
struct PoolStateTests {
    private typealias Outcome = PoolState.Outcome

    private let ms: Int64 = 1_000_000

    /// A pool whose places are all open and leased.
    private func leasedPool(size: Int) -> PoolState {
        var pool = PoolState(size: size)
        for place in 0..<size {
            _ = pool.acquire(place, now: 0)
            _ = pool.connected(place)
        }
        return pool
    }

    @Test("connections are opened up to the size, then callers wait")
    func growth() {
        var pool = PoolState(size: 2)
        #expect(pool.acquire(1, now: 0) == Outcome(grant: .connect(0)))
        #expect(pool.acquire(2, now: 0) == Outcome(grant: .connect(1)))
        #expect(pool.acquire(3, now: 0) == Outcome(grant: .wait))
        #expect(pool.connected(0) == Outcome())
        #expect(pool.release(0) == Outcome(wake: [3]))
        #expect(pool.resume(3, now: 0) == Outcome(grant: .use(0)))
    }

    @Test("the connection that came back last is used first")
    func lastInFirstOut() {
        var pool = leasedPool(size: 3)
        for place in [2, 0, 1] { _ = pool.release(place) }
        #expect(pool.acquire(9, now: 0).grant == .use(1))
        #expect(pool.acquire(9, now: 0).grant == .use(0))
        #expect(pool.acquire(9, now: 0).grant == .use(2))
    }

    @Test("waiters are served in order, and each passes a second free connection on")
    func waitersInOrder() {
        var pool = leasedPool(size: 2)
        _ = pool.acquire(1, now: 0)
        _ = pool.acquire(2, now: 0)
        #expect(pool.release(0).wake == [1])
        #expect(pool.release(1).wake == [1], "the first has not taken its connection yet")
        #expect(pool.resume(1, now: 0) == Outcome(grant: .use(1), wake: [2]))
        #expect(pool.resume(2, now: 0) == Outcome(grant: .use(0)))
    }

    @Test("a newcomer may overtake, but not a waiter that has waited long")
    func patience() {
        var pool = leasedPool(size: 1)
        _ = pool.acquire(1, now: 0)
        _ = pool.release(0)
        #expect(pool.acquire(2, now: 1 * ms).grant == .use(0))
        #expect(pool.resume(1, now: 1 * ms).grant == .wait)
        #expect(pool.release(0).wake == [1])
        #expect(pool.acquire(3, now: PoolState.patience).grant == .wait)
        #expect(pool.resume(1, now: PoolState.patience) == Outcome(grant: .use(0)))
        #expect(pool.release(0).wake == [3])
    }

    @Test("a waiter that gives up passes its wake on")
    func abandon() {
        var pool = leasedPool(size: 1)
        _ = pool.acquire(1, now: 0)
        _ = pool.acquire(2, now: 0)
        #expect(pool.release(0).wake == [1])
        #expect(pool.abandon(1).wake == [2])
        #expect(pool.currentFigures.timeoutsTotal == 1)
        #expect(pool.currentFigures.waiting == 1)
    }

    @Test("after a failure nobody connects until the pause is over, then one at a time")
    func circuit() {
        var pool = PoolState(size: 3)
        _ = pool.acquire(1, now: 0)
        _ = pool.connectFailed(0, now: 0)
        #expect(pool.acquire(2, now: 249 * ms).grant == .refuse(.unreachable))
        #expect(pool.acquire(2, now: 250 * ms).grant == .connect(0))
        #expect(pool.acquire(3, now: 250 * ms).grant == .refuse(.unreachable))
        #expect(pool.connected(0) == Outcome())
        #expect(pool.acquire(3, now: 251 * ms).grant == .connect(1))
        #expect(pool.currentFigures.isReachable)
    }

    @Test("the pause doubles up to one second, and a success resets it")
    func backoff() {
        var pool = PoolState(size: 1)
        var now: Int64 = 0
        for pause in [250, 500, 1000, 1000] {
            #expect(pool.acquire(1, now: now).grant == .connect(0))
            _ = pool.connectFailed(0, now: now)
            #expect(pool.acquire(1, now: now + Int64(pause) * ms - 1).grant == .refuse(.unreachable), "\(pause)")
            now += Int64(pause) * ms
        }
        #expect(pool.acquire(1, now: now).grant == .connect(0))
        _ = pool.connected(0)
        _ = pool.lost(0)
        #expect(pool.acquire(1, now: now).grant == .connect(0))
        _ = pool.connectFailed(0, now: now)
        #expect(pool.acquire(1, now: now + 250 * ms).grant == .connect(0))
    }

    @Test("several failures at once count as one")
    func concurrentFailures() {
        var pool = PoolState(size: 3)
        for waiter in 0..<3 { _ = pool.acquire(waiter, now: 0) }
        for place in 0..<3 { _ = pool.connectFailed(place, now: 0) }
        #expect(pool.acquire(1, now: 250 * ms).grant != .refuse(.unreachable))
        #expect(pool.currentFigures.failuresTotal == 3)
    }

    @Test("waiters are refused when the last hope fails")
    func waitersRefused() {
        var pool = PoolState(size: 1)
        _ = pool.acquire(1, now: 0)
        #expect(pool.acquire(2, now: 0).grant == .wait)
        #expect(pool.acquire(3, now: 0).grant == .wait)
        #expect(pool.connectFailed(0, now: 0).wake == [2, 3])
        #expect(pool.resume(2, now: 0).grant == .refuse(.unreachable))
        #expect(pool.resume(3, now: 0).grant == .refuse(.unreachable))
        #expect(pool.currentFigures.waiting == 0)
    }

    @Test("while a good connection is in use, a failure to open another only means waiting")
    func failureToGrow() {
        var pool = PoolState(size: 2)
        _ = pool.acquire(1, now: 0)
        _ = pool.connected(0)
        #expect(pool.acquire(2, now: 0).grant == .connect(1))
        _ = pool.connectFailed(1, now: 0)
        #expect(pool.acquire(3, now: 1).grant == .wait)
        #expect(pool.release(0).wake == [3])
        #expect(pool.resume(3, now: 2).grant == .use(0))
        #expect(pool.acquire(4, now: 3).grant == .wait)
        #expect(pool.lost(0).wake == [4])
        #expect(pool.resume(4, now: 4).grant == .refuse(.unreachable))
    }

    @Test("a lost connection takes along those that were opened before the loss")
    func generations() {
        var pool = leasedPool(size: 4)
        _ = pool.release(0)
        _ = pool.release(1)
        #expect(Set(pool.lost(2).discard) == [0, 1, 2])
        #expect(pool.release(3) == Outcome(discard: [3]), "leased before the loss, so not trusted after it")
        #expect(pool.acquire(1, now: 0).grant == .connect(3))
        _ = pool.connected(3)
        #expect(pool.release(3) == Outcome(), "opened after the loss")
        #expect(pool.acquire(1, now: 0).grant == .use(3))
        #expect(pool.currentFigures.reconnectsTotal == 1)
    }

    @Test("a late report of the same loss takes nothing along")
    func lateLoss() {
        var pool = leasedPool(size: 2)
        _ = pool.lost(0)
        _ = pool.acquire(1, now: 0)
        _ = pool.connected(0)
        _ = pool.release(0)
        #expect(pool.lost(1).discard == [1])
        #expect(pool.acquire(1, now: 0).grant == .use(0))
    }

    @Test("a connection that cannot be lent again leaves the others alone")
    func spoiled() {
        var pool = leasedPool(size: 2)
        _ = pool.release(0)
        #expect(pool.spoiled(1) == Outcome(discard: [1]))
        #expect(pool.acquire(1, now: 0).grant == .use(0))
    }

    @Test("a closed pool refuses, wakes the waiters and takes connections out of use")
    func close() {
        var pool = leasedPool(size: 2)
        _ = pool.release(0)
        _ = pool.acquire(1, now: 0)
        _ = pool.release(0)
        _ = pool.acquire(1, now: 0)
        #expect(pool.acquire(2, now: 0).grant == .wait)
        #expect(pool.close().wake == [2])
        #expect(pool.resume(2, now: 0).grant == .refuse(.closed))
        #expect(pool.acquire(3, now: 0).grant == .refuse(.closed))
        #expect(pool.release(0) == Outcome(discard: [0]))
    }
}
