/// What `Accept-Encoding` says about gzip (RFC 9110 §12.5.3).
public struct AcceptEncoding: Sendable, Equatable {
    /// The weight of gzip in thousandths, 0 if it is not wanted.
    private var gzip: Int64?
    /// The weight of sending the content as it is.
    private var identity: Int64?
    /// The weight of whatever is not named.
    private var others: Int64?

    /// Reads the field; an element with a malformed weight counts as not acceptable.
    ///
    /// - Parameter header: The field's value.
    public init(_ header: String) {
        var scanner = ByteScanner(header)
        scanner.skipListSeparators()
        while !scanner.isAtEnd {
            let coding = scanner.take(while: \.isTokenCharacter)
            let weight = scanner.weight()
            if coding.equalsIgnoringCase("gzip") || coding.equalsIgnoringCase("x-gzip") {
                gzip = min(gzip ?? weight, weight)
            } else if coding.equalsIgnoringCase("identity") {
                identity = weight
            } else if coding.elementsEqual("*".utf8) {
                others = weight
            }
            scanner.skipListSeparators()
        }
    }

    /// Whether content may, and had better, be sent with `Content-Encoding: gzip`.
    ///
    /// Not if the client gives unencoded content a higher weight.
    public var prefersGzip: Bool {
        let weight = gzip ?? others ?? 0
        return weight > 0 && weight >= identity ?? 0
    }

    /// Decides for a request.
    ///
    /// - Parameter header: The value of `Accept-Encoding`. Without the field anything is acceptable by the RFC, but who does not
    ///   name gzip may not know it: false.
    /// - Returns: Whether to send gzip.
    public static func acceptsGzip(_ header: String?) -> Bool {
        header.map { AcceptEncoding($0).prefersGzip } ?? false
    }
}

extension ByteScanner {
    /// Reads `;q=0.5` up to the next comma.
    ///
    /// - Returns: The weight in thousandths, 1000 if there is none, 0 if it is malformed.
    fileprivate mutating func weight() -> Int64 {
        skipWhitespace()
        guard skip(UInt8(ascii: ";")) else { return restOfElementIsEmpty() ? 1000 : 0 }
        skipWhitespace()
        guard skip(literal: "q=") || skip(literal: "Q="), let whole = digits(1), whole <= 1 else {
            _ = restOfElementIsEmpty()
            return 0
        }
        let fraction = skip(UInt8(ascii: ".")) ? thousandths() : 0
        skipWhitespace()
        return restOfElementIsEmpty() ? min(whole * 1000 + fraction, 1000) : 0
    }

    private mutating func thousandths() -> Int64 {
        let digits = take(while: \.isDigit)
        return zip(digits, [100, 10, 1]).reduce(0) { $0 + Int64($1.0 - UInt8(ascii: "0")) * $1.1 }
    }

    /// Reads up to the next comma; true if there was nothing.
    private mutating func restOfElementIsEmpty() -> Bool {
        take { $0 != UInt8(ascii: ",") }.isEmpty
    }
}
