/// Writes Prometheus' text exposition format, version 0.0.4.
struct PrometheusText {
    /// The media type of the text.
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// A sample's value.
    enum Value {
        case integer(UInt64)
        case number(Double)
    }

    private(set) var bytes: [UInt8] = []

    /// Whether a text is a name of a metric or label; colons are reserved for recording rules.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default:
                false
            }
        }
    }

    /// The two lines that introduce a metric.
    mutating func head(_ name: String, help: String, type: String) {
        append("# HELP \(name) ")
        escape(help, quotes: false)
        append("\n# TYPE \(name) \(type)\n")
    }

    /// One line with a value.
    mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: Value) {
        append(name)
        if !labels.isEmpty {
            append("{")
            for (index, label) in labels.enumerated() {
                append(index == 0 ? "\(label.name)=\"" : ",\(label.name)=\"")
                escape(label.value, quotes: true)
                append("\"")
            }
            append("}")
        }
        switch value {
        case .integer(let integer): append(" \(integer)\n")
        case .number(let number): append(" \(PrometheusText.text(number))\n")
        }
    }

    /// The lines of a histogram: cumulative buckets, the sum and the count.
    mutating func histogram(
        _ name: String,
        _ labels: [(name: String, value: String)],
        _ bounds: [Double],
        _ cumulative: [UInt64],
        sum: Double
    ) {
        for (bound, count) in zip(bounds + [.infinity], cumulative) {
            sample("\(name)_bucket", labels + [("le", PrometheusText.text(bound))], .integer(count))
        }
        sample("\(name)_sum", labels, .number(sum))
        sample("\(name)_count", labels, .integer(cumulative.last ?? 0))
    }

    /// A number as Go's ParseFloat reads it; whole numbers without a fraction.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { String($0) } ?? String(value)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func escape(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case 0x5C: append(#"\\"#)
            case 0x0A: append(#"\n"#)
            case 0x22 where quotes: append(#"\""#)
            default: bytes.append(byte)
            }
        }
    }
}
