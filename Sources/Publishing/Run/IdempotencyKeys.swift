internal import Cryptography

/// Random names that one run goes by.
struct IdempotencyKeys {
    let pipeline: String
    let job: String
    /// Of the form that holds the file; no file holds 128 bits that were drawn after it was written.
    let boundary: String

    init() throws(PublishError) {
        do {
            pipeline = Hex.encode(try RandomBytes.generate(16))
            job = Hex.encode(try RandomBytes.generate(16))
            boundary = Hex.encode(try RandomBytes.generate(16))
        } catch {
            throw PublishError(.internal, "\(error)")
        }
    }
}
