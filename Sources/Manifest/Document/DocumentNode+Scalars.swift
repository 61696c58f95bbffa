import Artifacts
import Cryptography
import Yams

/// The values that are neither mappings nor lists; each is nil, with a problem, where the document has something else.
extension DocumentNode {
    /// Any scalar but null, as it is written: `name: 123` is the text 123.
    func text() -> String? {
        guard case .scalar(let scalar) = node, !isNull else {
            expected("text")
            return nil
        }
        guard !scalar.string.utf8.contains(0) else {
            report("holds a NUL character")
            return nil
        }
        return scalar.string
    }

    /// Text that names something: not empty, and short enough for an index of the database.
    func name() -> String? {
        guard let text = text() else { return nil }
        guard !text.isEmpty else {
            report("is empty")
            return nil
        }
        guard text.utf8.count <= 1024 else {
            report("is longer than 1024 bytes")
            return nil
        }
        return text
    }

    /// A name that stands in a list kept as one text, so without control characters.
    func word() -> String? {
        guard let name = name() else { return nil }
        guard !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            report("holds a control character")
            return nil
        }
        return name
    }

    /// YAML's booleans, and `"true"` and `"false"`.
    func boolean() -> Bool? {
        if case .scalar(let scalar) = node {
            switch scalar.string {
            case "true", "True", "TRUE": return true
            case "false", "False", "FALSE": return false
            default: break
            }
        }
        switch plainText {
        case "yes", "Yes", "YES", "on", "On", "ON": return true
        case "no", "No", "NO", "off", "Off", "OFF": return false
        default:
            expected("true or false")
            return nil
        }
    }

    /// An id: from 1 to 2^53 - 1, the integers that every JSON reader keeps exact.
    func id() -> Int64? {
        guard let number = plainText.flatMap({ Int64($0) }), number > 0, number < 1 << 53 else {
            expected("a positive integer")
            return nil
        }
        return number
    }

    func double() -> Double? {
        guard let number = plainText.flatMap({ Double($0) }), number.isFinite else {
            expected("a number")
            return nil
        }
        return number
    }

    /// One of an enumeration's names.
    func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> Choice? where Choice.RawValue == String {
        guard let text = text() else { return nil }
        guard let choice = Choice(rawValue: text) else {
            report(
                "expected one of \(Choice.allCases.map(\.rawValue).joined(separator: ", ")), found \(Quotation.of(text))"
            )
            return nil
        }
        return choice
    }

    func role() -> Role? {
        guard let text = text() else { return nil }
        guard let role = Role(name: text) else {
            report("expected one of \(Role.allCases.map(\.name).joined(separator: ", ")), found \(Quotation.of(text))")
            return nil
        }
        return role
    }

    /// A full path of a group or project.
    func fullPath() -> FullPath? {
        guard let text = text() else { return nil }
        do {
            return try FullPath(parsing: text)
        } catch {
            report("not a path: \(Quotation.of(error.description))")
            return nil
        }
    }

    func time() -> TimeExpression? {
        guard let text = text() else { return nil }
        guard let time = TimeExpression(parsing: text) else {
            report("not a time (ISO 8601, or now, now-7d, now+30m): \(Quotation.of(text))")
            return nil
        }
        return time
    }

    /// A token, of which only the digest goes further; it is never quoted.
    func tokenDigest() -> SHA256Digest? {
        guard case .scalar(let scalar) = node, !isNull, !scalar.string.isEmpty else {
            report("expected a token")
            return nil
        }
        do {
            return try SHA256Digest(hashing: scalar.string)
        } catch {
            report("cannot be hashed: \(error.description)")
            return nil
        }
    }

    /// A commit: 7 to 64 hexadecimal digits, kept in lower case.
    func commit() -> String? {
        guard let text = text() else { return nil }
        let isHex = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                true
            default: false
            }
        }
        guard isHex, (7...64).contains(text.utf8.count) else {
            report("expected 7 to 64 hexadecimal digits, found \(Quotation.of(text))")
            return nil
        }
        return text.lowercased()
    }
}
