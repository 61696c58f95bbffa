/// Numbers with an optional unit, as `90`, `5m` or `64M`.
///
/// Nothing here overflows, whatever the text.
enum Quantity {
    /// A unit and how many of the base unit it is.
    typealias Unit = (suffix: UInt8, factor: Int64)

    /// Units of time; the base is the second.
    static let time: [Unit] = [
        (UInt8(ascii: "d"), 86_400), (UInt8(ascii: "h"), 3600), (UInt8(ascii: "m"), 60), (UInt8(ascii: "s"), 1),
    ]

    /// Units of size, binary multiples; the base is the byte.
    static let size: [Unit] = [
        (UInt8(ascii: "T"), 1 << 40), (UInt8(ascii: "G"), 1 << 30), (UInt8(ascii: "M"), 1 << 20),
        (UInt8(ascii: "K"), 1 << 10),
    ]

    /// Decimal digits without sign, at most `Int64.max`.
    static func digits(_ text: Substring.UTF8View) -> Int64? {
        guard !text.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// Digits and at most one unit, whose case does not matter.
    static func parse(_ text: String, units: [Unit]) -> Int64? {
        let bytes = text.utf8[...]
        guard let last = bytes.last else { return nil }
        guard let unit = units.first(where: { ($0.suffix | 0x20) == (last | 0x20) }) else { return digits(bytes) }
        guard let number = digits(bytes.dropLast()) else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: unit.factor)
        return overflow ? nil : value
    }

    /// The shortest text: the largest unit that divides the value.
    static func show(_ value: Int64, units: [Unit]) -> String {
        guard value != 0, let unit = units.first(where: { value.isMultiple(of: $0.factor) }) else {
            return String(value)
        }
        return String(value / unit.factor) + String(UnicodeScalar(unit.suffix))
    }
}

extension Grammar where Value == Duration {
    /// Whole seconds with an optional unit, within bounds in seconds.
    static func duration(_ bounds: ClosedRange<Int64>) -> Grammar {
        Grammar(
            text: Self.durationText(bounds),
            parse: { text in
                guard let seconds = Quantity.parse(text, units: Quantity.time) else { return nil }
                return bounds.contains(seconds) ? .seconds(seconds) : nil
            },
            show: { Quantity.show($0.components.seconds, units: Quantity.time) }
        )
    }

    /// The bounds in words, each in its largest unit.
    fileprivate static func durationText(_ bounds: ClosedRange<Int64>) -> String {
        let lowest = Quantity.show(bounds.lowerBound, units: Quantity.time)
        let highest = Quantity.show(bounds.upperBound, units: Quantity.time)
        return "a duration between \(lowest) and \(highest) (seconds, or with a unit: 30s, 5m, 2h, 1d)"
    }
}

extension Grammar where Value == Duration? {
    /// A duration, or 0 for never.
    static func interval(_ bounds: ClosedRange<Int64>) -> Grammar {
        let duration = Grammar<Duration>.duration(bounds)
        return Grammar(
            text: duration.text,
            parse: { text in
                guard let value = duration.parse(text) else { return nil }
                return value == .zero ? .some(nil) : .some(value)
            },
            show: { duration.show($0 ?? .zero) }
        )
    }
}

extension Grammar where Value == Int64? {
    /// A size in bytes, or 0 for no limit.
    static let sizeLimit = Grammar(
        text: "a size (bytes, or with a unit: 64M, 5G; 0 is none)",
        parse: { text in
            guard let bytes = Quantity.parse(text, units: Quantity.size) else { return nil }
            return bytes == 0 ? .some(nil) : .some(bytes)
        },
        show: { Quantity.show($0 ?? 0, units: Quantity.size) }
    )
}
