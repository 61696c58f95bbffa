/// How the text of a setting becomes a value, and the value text again.
struct Grammar<Value: Sendable>: Sendable {
    /// What a value must be, as it completes the sentence "… is not".
    let text: String

    /// The value that a text stands for; nil if it stands for none.
    let parse: @Sendable (String) -> Value?

    /// The canonical text of a value, which `parse` understands unless it is a masked secret.
    let show: @Sendable (Value) -> String
}

extension Grammar {
    /// A setting that may be absent: an empty text is none.
    ///
    /// - Parameters:
    ///   - wrapped: The grammar of a text that is not empty.
    ///   - none: What is shown for none.
    /// - Returns: The grammar of the optional value.
    static func optional<Wrapped>(_ wrapped: Grammar<Wrapped>, none: String = "") -> Grammar
    where Value == Wrapped? {
        Grammar(
            text: wrapped.text,
            parse: { text in
                if text.isEmpty { return .some(nil) }
                guard let value = wrapped.parse(text) else { return nil }
                return .some(value)
            },
            show: { $0.map(wrapped.show) ?? none }
        )
    }

    /// One of the words of an enumeration.
    static func choice() -> Grammar
    where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
        Grammar(
            text: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { Value(rawValue: $0.lowercased()) },
            show: \.rawValue
        )
    }
}

extension Grammar where Value == Bool {
    /// The booleans that the API understands too.
    static let boolean = Grammar(
        text: "a boolean (true, false, 1, 0, t, f, yes, no, on, off)",
        parse: { text in
            switch text.lowercased() {
            case "true", "1", "t", "yes", "on": true
            case "false", "0", "f", "no", "off": false
            default: nil
            }
        },
        show: { $0 ? "true" : "false" }
    )
}

extension Grammar where Value == Int {
    /// A decimal number without sign, within bounds.
    static func wholeNumber(_ bounds: ClosedRange<Int>) -> Grammar {
        Grammar(
            text: "a whole number between \(bounds.lowerBound) and \(bounds.upperBound)",
            parse: { text in
                Quantity.digits(text.utf8[...]).flatMap(Int.init(exactly:)).flatMap { bounds.contains($0) ? $0 : nil }
            },
            show: { String($0) }
        )
    }
}
