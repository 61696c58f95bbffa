/// Text from outside, made harmless for a terminal: names in archives may hold escape sequences, line breaks, and marks
/// that turn the order of what is read.
enum TerminalText {
    /// The text with every character that is not to be seen as `\u{…}`, and a backslash doubled.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isHidden($0) || $0 == "\\" }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\\" {
                result += "\\\\"
            } else if isHidden(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// JSON that means the same, with every such character as `\uXXXX`: they stand in strings only.
    static func escapedJSON(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: isHidden) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            guard isHidden(scalar) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in UTF16.encode(scalar) ?? .init() {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
        return result
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
        default: return false
        }
    }
}
