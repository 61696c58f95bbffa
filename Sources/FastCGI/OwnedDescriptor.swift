internal import Glibc

/// A descriptor that is closed when its last user lets go of it.
final class OwnedDescriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        _ = close(number)
    }
}
