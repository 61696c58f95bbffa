/// The values that parameters of the API have: booleans and numeric ids.
public enum ParameterValue {
    /// What the text of an id says.
    public enum Identifier: Sendable, Equatable {
        /// A positive id.
        case value(Int64)
        /// An integer that no row can have: zero, negative or beyond 2⁶³−1. The thing is unknown: 404.
        case unknown
        /// No integer at all: 400.
        case malformed
    }

    private static let truths = ["true", "1", "t", "yes", "on"]
    private static let falsehoods = ["false", "0", "f", "no", "off"]

    /// Reads a boolean.
    ///
    /// - Parameter text: `true`, `1`, `t`, `yes`, `on` or `false`, `0`, `f`, `no`, `off`, in any case.
    /// - Returns: The value, or nil for any other text.
    public static func boolean(_ text: String) -> Bool? {
        if truths.contains(where: text.utf8.equalsIgnoringCase) { return true }
        return falsehoods.contains(where: text.utf8.equalsIgnoringCase) ? false : nil
    }

    /// Reads the id of a project, a job or a pipeline.
    ///
    /// - Parameter text: Decimal digits; a leading minus makes it an integer that is no id.
    /// - Returns: The id, or which of the two ways it is none.
    public static func identifier(_ text: String) -> Identifier {
        var scanner = ByteScanner(text)
        let isNegative = scanner.skip(UInt8(ascii: "-"))
        guard let number = scanner.decimal(), scanner.isAtEnd else { return .malformed }
        return isNegative || number.isBeyondInt64 || number.value == 0 ? .unknown : .value(number.value)
    }
}
