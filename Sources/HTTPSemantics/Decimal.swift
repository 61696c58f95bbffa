/// A non-negative decimal number of any length, as a client writes it.
///
/// A client may send a thousand digits: the value saturates instead of trapping, and two saturated numbers still compare
/// right by their digits.
struct Decimal: Comparable {
    /// The number, or `Int64.max` if it is larger.
    let value: Int64

    /// Whether the number is larger than `Int64.max`.
    let isBeyondInt64: Bool

    /// The digits without leading zeros.
    private let digits: ArraySlice<UInt8>

    /// Computes the value of digits.
    ///
    /// - Parameter digits: Nothing but `0` to `9`, at least one.
    init(digits: ArraySlice<UInt8>) {
        self.digits = digits.drop { $0 == UInt8(ascii: "0") }
        var value: Int64 = 0
        var overflowed = false
        for digit in self.digits where !overflowed {
            let tenfold = value.multipliedReportingOverflow(by: 10)
            let sum = tenfold.partialValue.addingReportingOverflow(Int64(digit &- UInt8(ascii: "0")))
            overflowed = tenfold.overflow || sum.overflow
            value = sum.partialValue
        }
        self.value = overflowed ? .max : value
        isBeyondInt64 = overflowed
    }

    static func == (left: Decimal, right: Decimal) -> Bool {
        left.digits.elementsEqual(right.digits)
    }

    static func < (left: Decimal, right: Decimal) -> Bool {
        guard left.digits.count == right.digits.count else { return left.digits.count < right.digits.count }
        return left.digits.lexicographicallyPrecedes(right.digits)
    }
}
