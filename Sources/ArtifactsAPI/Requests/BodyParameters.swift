internal import HTTPSemantics

/// The parameters of a request that changes something: those of its query, and behind them those of its body.
///
/// Of a repeated one the last wins, so the body's do; an empty or null one counts as absent. What cannot be read is noted in a
/// list of problems, so that an answer names all of them.
struct BodyParameters {
    typealias Problem = RequestFailure.ParameterProblem

    private enum Value {
        case text(String)
        case list([String])
        /// An object, or a list of something else than texts.
        case other
    }

    /// As much as an index of the database takes.
    private static let longestText = 1024

    private var values: [(name: String, value: Value)] = []

    /// Begins with the parameters of the query.
    ///
    /// - Parameter query: The query.
    init(_ query: Query) { add(query) }

    /// Adds what a query or a form of its kind holds.
    ///
    /// - Parameter query: The parameters.
    mutating func add(_ query: Query) {
        for parameter in query.parameters { add(parameter.name, parameter.value) }
    }

    /// Adds one parameter.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - text: Its value.
    mutating func add(_ name: String, _ text: String) {
        if !text.isEmpty { values.append((name: name, value: .text(text))) }
    }

    /// Adds the members of a JSON object.
    ///
    /// - Parameter members: The members.
    mutating func add(_ members: [JSONMember]) {
        for member in members {
            switch member.value {
            case .null: continue
            case .array(let elements):
                let texts = elements.compactMap(Self.text)
                values.append((name: member.name, value: texts.count == elements.count ? .list(texts) : .other))
            case let value:
                guard let text = Self.text(value) else {
                    values.append((name: member.name, value: .other))
                    continue
                }
                add(member.name, text)
            }
        }
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text), .number(let text): text
        case .bool(let truth): truth ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// A value as it was given, such as a token; nothing but a text is one.
    ///
    /// - Parameter name: The parameter's name.
    /// - Returns: The value, or `nil`.
    func last(_ name: String) -> String? {
        guard case .text(let text) = values.last(where: { $0.name == name })?.value else { return nil }
        return text
    }

    /// A text of one line, no longer than the database takes.
    ///
    /// - Parameters:
    ///   - name: The parameter's name.
    ///   - problems: Where it is noted that it is no such text.
    /// - Returns: The text, or `nil` where there is none.
    func text(_ name: StaticString, _ problems: inout [Problem]) -> String? {
        guard let value = values.last(where: { $0.name == "\(name)" })?.value else { return nil }
        if case .text(let text) = value, Self.isLine(text) { return text }
        problems.append(.invalid(name))
        return nil
    }

    /// A boolean in any of the forms of the contract's section 1.
    ///
    /// - Parameters:
    ///   - name: The parameter's name.
    ///   - problems: Where it is noted that it is none.
    /// - Returns: The boolean, or `nil` where there is none.
    func boolean(_ name: StaticString, _ problems: inout [Problem]) -> Bool? {
        guard let text = text(name, &problems) else { return nil }
        let value = ParameterValue.boolean(text)
        if value == nil { problems.append(.invalid(name)) }
        return value
    }

    /// The number of something; 0 stands for a number that nothing can have.
    ///
    /// - Parameters:
    ///   - name: The parameter's name.
    ///   - problems: Where it is noted that it is none.
    /// - Returns: The number, or `nil` where there is none.
    func identifier(_ name: StaticString, _ problems: inout [Problem]) -> Int64? {
        guard let text = text(name, &problems) else { return nil }
        switch ParameterValue.identifier(text) {
        case .value(let id): return id
        case .unknown: return 0
        case .malformed:
            problems.append(.invalid(name))
            return nil
        }
    }

    /// One of a closed list of values.
    ///
    /// - Parameters:
    ///   - name: The parameter's name.
    ///   - type: The list.
    ///   - problems: Where it is noted that it is none of them.
    /// - Returns: The value, or `nil` where there is none.
    func choice<Choice: RawRepresentable<String>>(
        _ name: StaticString,
        _ type: Choice.Type,
        _ problems: inout [Problem]
    ) -> Choice? {
        guard let value = values.last(where: { $0.name == "\(name)" })?.value else { return nil }
        if case .text(let text) = value, let choice = Choice(rawValue: text) { return choice }
        problems.append(.unknownValue(name))
        return nil
    }

    /// A list: an array of JSON, parameters whose name ends in `[]`, or one text with commas.
    ///
    /// - Parameters:
    ///   - name: The parameter's name.
    ///   - problems: Where it is noted that it is no list of texts.
    /// - Returns: The elements without empty ones, or `nil` where there is no list.
    func list(_ name: StaticString, _ problems: inout [Problem]) -> [String]? {
        var found: [String]?
        for (key, value) in values {
            switch value {
            case .text(let text) where key == "\(name)[]": found = (found ?? []) + [text]
            case .text(let text) where key == "\(name)": found = Self.parts(of: text)
            case .list(let texts) where key == "\(name)": found = texts
            case .other where key == "\(name)": problems.append(.invalid(name))
            default: break
            }
        }
        if let found, !found.allSatisfy(Self.isLine) {
            problems.append(.invalid(name))
            return nil
        }
        return found.map { $0.filter { !$0.isEmpty } }
    }

    private static func parts(of text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: ",")).map { part in
            let bytes = part.drop { $0 == UInt8(ascii: " ") }
            let end = bytes.lastIndex { $0 != UInt8(ascii: " ") }.map { bytes.index(after: $0) } ?? bytes.startIndex
            return String(decoding: bytes[..<end], as: UTF8.self)
        }
    }

    private static func isLine(_ text: String) -> Bool {
        text.utf8.count <= longestText && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
