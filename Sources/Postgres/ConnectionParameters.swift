import CLibPQ
import Glibc

/// A connection string taken apart and completed: what `PQconnectdbParams` is called with.
///
/// The password never leaves this type: libpq's message about a connection string can quote a part of it, so a string
/// that does not parse is reported without libpq's words, and `redact` cleans the messages about the server.
struct ConnectionParameters {
    private var values: [(keyword: String, value: String)] = []

    /// Takes a connection string apart.
    ///
    /// - Parameters:
    ///   - conninfo: A libpq connection string or URI.
    ///   - options: The defaults for what it leaves open.
    /// - Throws: `.connectionFailed` when libpq cannot read the string, or a password with a raw `@` or `/` has
    ///   shifted into another field.
    init(conninfo: String, options: ConnectionOptions) throws(PostgresError) {
        try parse(conninfo)
        setDefaults(options)
        set("client_encoding", "UTF8")
        set("options", sessionOptions(options))
    }

    /// The value of a keyword.
    subscript(keyword: String) -> String? {
        values.first { $0.keyword == keyword }?.value
    }

    /// Lends the keywords and values as C strings.
    ///
    /// - Parameter body: Receives the two arrays, each ended by a null pointer.
    /// - Returns: What `body` returns.
    func withArrays<R>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        let keywords = values.map { strdup($0.keyword) } + [nil]
        let texts = values.map { strdup($0.value) } + [nil]
        defer { for copy in keywords + texts { free(copy) } }
        return body(keywords.map { UnsafePointer($0) }, texts.map { UnsafePointer($0) })
    }

    /// Takes the password out of a message.
    ///
    /// - Parameter message: A message of libpq.
    /// - Returns: The message, with the password replaced wherever it stood.
    func redact(_ message: String) -> String {
        guard let password = self["password"], !password.isEmpty else { return message }
        var rest = Substring(message)
        var clean = ""
        while let found = rest.firstRange(of: password) {
            clean += rest[..<found.lowerBound] + "********"
            rest = rest[found.upperBound...]
        }
        return clean + rest
    }

    private mutating func parse(_ conninfo: String) throws(PostgresError) {
        guard !conninfo.utf8.contains(0), let parsed = PQconninfoParse(conninfo, nil) else {
            throw PostgresError(.connectionFailed, "the connection string cannot be parsed")
        }
        defer { PQconninfoFree(parsed) }
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { set(String(cString: keyword), String(cString: value)) }
            option += 1
        }
        try checkFields()
    }

    private func checkFields() throws(PostgresError) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let portIsNumeric = (self["port"] ?? "").utf8.allSatisfy { digits.contains($0) || $0 == UInt8(ascii: ",") }
        let strayAt = ["host", "dbname", "user"].contains { self[$0]?.utf8.contains(UInt8(ascii: "@")) == true }
        guard portIsNumeric, !strayAt else {
            let advice = "percent-encode '@', '/' and ':' in the password of a URI"
            throw PostgresError(
                .connectionFailed,
                "the connection string has a malformed host, port or name; \(advice)"
            )
        }
    }

    private mutating func setDefaults(_ options: ConnectionOptions) {
        let defaults = [
            ("application_name", options.applicationName),
            ("connect_timeout", "\(max(2, (options.connectTimeout.milliseconds + 999) / 1000))"),
            ("keepalives", "1"),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "5"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"),
        ]
        for (keyword, value) in defaults where self[keyword] == nil { set(keyword, value) }
    }

    /// The `options` keyword: command-line switches for the server, of which the last one for a setting wins.
    private func sessionOptions(_ options: ConnectionOptions) -> String {
        var switches = options.sessionSettings.map { "-c \($0.name)=\(Self.escape($0.value))" }
        if let given = self["options"] { switches.append(given) }
        switches.append("-c TimeZone=UTC")
        return switches.joined(separator: " ")
    }

    /// Escapes what separates switches (`pg_split_opts`, postinit.c).
    private static func escape(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            if scalar == "\\" || scalar.properties.isWhitespace { escaped.unicodeScalars.append("\\") }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    private mutating func set(_ keyword: String, _ value: String) {
        values.removeAll { $0.keyword == keyword }
        values.append((keyword, value))
    }
}
