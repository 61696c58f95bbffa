/// The value of `Content-Disposition: attachment` (RFC 6266) for a name that somebody else chose.
///
/// Control characters, those of Unicode too, are dropped from the name: none can reach the header, in any form.
public struct ContentDisposition: Sendable, Equatable {
    /// The field's value.
    public let fieldValue: String

    /// Names a stored archive or report, in both forms always.
    ///
    /// - Parameter name: The stored file name. In the first form every character beyond ASCII becomes `?`, in the second it is
    ///   percent-encoded UTF-8 (RFC 8187).
    /// - Returns: The disposition, such as `attachment; filename="a.zip"; filename*=UTF-8''a.zip`.
    public static func archive(name: String) -> ContentDisposition {
        if name.utf8.allSatisfy(isUnremarkable) {
            var value = plain(name.utf8)
            value.append(literal: "; filename*=UTF-8''")
            PercentCoding.append(name.utf8, allowed: .extendedValue, to: &value)
            return ContentDisposition(fieldValue: String(decoding: value, as: UTF8.self))
        }
        let name = withoutControls(name)
        let plain = name.map { scalar in scalar.isASCII ? scalar : "?" }
        return ContentDisposition(fieldValue: "attachment; \(quoted(plain)); \(extended(name))")
    }

    /// Names one file of an archive, in the second form only if the name needs it.
    ///
    /// ruby-gitlab reads everything behind `filename=` as the name, so a plain name is sent in the first form only. Beyond
    /// ASCII the first form holds the name as it is, which is what curl stores; browsers prefer the second.
    ///
    /// - Parameter path: The path of the member; its last component is the name.
    /// - Returns: The disposition, such as `attachment; filename="report.xml"`.
    public static func file(path: String) -> ContentDisposition {
        let base = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) } ?? path.startIndex
        guard !path.utf8[base...].allSatisfy(isUnremarkable) else {
            return ContentDisposition(fieldValue: String(decoding: plain(path.utf8[base...]), as: UTF8.self))
        }
        let name = withoutControls(String(path[base...]))
        let plain = "attachment; \(quoted(name))"
        guard !name.allSatisfy(\.isASCII), plain.utf8.count <= longestExtended else {
            return ContentDisposition(fieldValue: plain)
        }
        return ContentDisposition(fieldValue: "\(plain); \(extended(name))")
    }

    /// A longer name is sent in the first form only: the second is up to three times as long, and a web server bounds the
    /// header of a response.
    private static let longestExtended = 12 << 10

    /// Whether a byte stands for itself in a quoted-string: printable ASCII that needs no escape.
    private static func isUnremarkable(_ byte: UInt8) -> Bool {
        (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The first form alone, of a name that is unremarkable in every byte, as nearly all are.
    private static func plain(_ name: some Collection<UInt8>) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(64 + 2 * name.count)
        value.append(literal: "attachment; filename=\"")
        value.append(contentsOf: name)
        value.append(UInt8(ascii: "\""))
        return value
    }

    private static func withoutControls(_ name: String) -> [Unicode.Scalar] {
        name.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }

    /// The `filename` parameter as a quoted-string (RFC 9110 §5.6.4).
    private static func quoted(_ name: [Unicode.Scalar]) -> String {
        var value = String.UnicodeScalarView()
        for scalar in name {
            if scalar == "\"" || scalar == "\\" { value.append("\\") }
            value.append(scalar)
        }
        return "filename=\"\(String(value))\""
    }

    /// The `filename*` parameter (RFC 8187 §3.2.1).
    private static func extended(_ name: [Unicode.Scalar]) -> String {
        let text = String(String.UnicodeScalarView(name))
        return "filename*=UTF-8''\(PercentCoding.encode(text.utf8, allowed: .extendedValue))"
    }
}
