import Cryptography
import Testing

/// The test cases of RFC 4231.
@Suite("HMAC-SHA-256")
struct HMACTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let key: [UInt8]
        let message: [UInt8]
        let code: String
        var testDescription: String { name }
    }

    static let vectors = [
        Vector(
            name: "RFC 4231 test case 1",
            key: [UInt8](repeating: 0x0B, count: 20),
            message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        Vector(
            name: "RFC 4231 test case 2",
            key: Array("Jefe".utf8),
            message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        Vector(
            name: "RFC 4231 test case 3",
            key: [UInt8](repeating: 0xAA, count: 20),
            message: [UInt8](repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        Vector(
            name: "RFC 4231 test case 6: a key longer than a block",
            key: [UInt8](repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        Vector(
            name: "an empty key and an empty message",
            key: [],
            message: [],
            code: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        ),
    ]

    @Test("a message has its published code", arguments: vectors)
    func publishedVector(vector: Vector) throws {
        #expect(try HMACSHA256.authenticate(vector.message, key: vector.key).hex == vector.code)
        let text = String(decoding: vector.message, as: UTF8.self)
        if text.utf8.elementsEqual(vector.message) {
            #expect(try HMACSHA256.authenticate(text, key: vector.key).hex == vector.code)
        }
    }

    @Test("null pointers are an empty key and an empty message")
    func nullPointers() throws {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(try HMACSHA256.authenticate(nothing, key: nothing).hex == Self.vectors[4].code)
    }
}
