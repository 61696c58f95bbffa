internal import Glibc
internal import Synchronization

/// Which descriptors are idle connections.
///
/// Every request puts one in and takes it out, and only the drain looks at all of them. There is no lock: workers that met
/// at one would hand it to each other by system calls.
///
/// `@unchecked Sendable`: the pointer is to atomics, is never changed, and lives as long as this object.
final class IdleDescriptors: @unchecked Sendable {
    /// Descriptors from this number on have no place here.
    static let capacity: Int32 = 4_096

    private enum State {
        static let busy: UInt8 = 0
        static let idle: UInt8 = 1
        /// Idle, and just now in the hands of ``visit(_:)``.
        static let held: UInt8 = 2
    }

    private let states: UnsafeMutablePointer<Atomic<UInt8>>

    init() {
        states = .allocate(capacity: Int(Self.capacity))
        for place in 0..<Int(Self.capacity) { (states + place).initialize(to: Atomic(State.busy)) }
    }

    deinit {
        states.deinitialize(count: Int(Self.capacity))
        states.deallocate()
    }

    /// Puts a descriptor below ``capacity`` in.
    func insert(_ descriptor: Int32) {
        states[Int(descriptor)].store(State.idle, ordering: .sequentiallyConsistent)
    }

    /// Takes a descriptor that is in out, when ``visit(_:)`` has done with it.
    func remove(_ descriptor: Int32) {
        while !change(descriptor, from: State.idle, to: State.busy) { sched_yield() }
    }

    /// Calls a closure with each descriptor that is in; none is taken out, and so none is closed, meanwhile.
    func visit(_ body: (Int32) -> Void) {
        for descriptor in 0..<Self.capacity where change(descriptor, from: State.idle, to: State.held) {
            body(descriptor)
            states[Int(descriptor)].store(State.idle, ordering: .sequentiallyConsistent)
        }
    }

    private func change(_ descriptor: Int32, from old: UInt8, to new: UInt8) -> Bool {
        states[Int(descriptor)]
            .compareExchange(expected: old, desired: new, ordering: .sequentiallyConsistent).exchanged
    }
}
