import Postgres
import TestSupport

/// A session in the shared cluster, for tests that keep to temporary tables.
func session(_ options: ConnectionOptions = ConnectionOptions()) throws -> Connection {
    try Connection(conninfo: PostgresCluster.shared().conninfo(), options: options)
}

/// The error that a closure throws, or nil.
func failure(_ body: () throws -> Void) -> PostgresError? {
    do {
        try body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

/// 64 bits of FNV-1a: enough to tell two scripts apart.
@Sendable func testDigest(_ bytes: [UInt8]) -> [UInt8] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * $0)) }
}
