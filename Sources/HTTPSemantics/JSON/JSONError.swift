/// Why bytes are no JSON text.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: String, Sendable {
        case unexpectedByte = "unexpected byte"
        case unexpectedEnd = "unexpected end"
        case invalidNumber = "invalid number"
        case invalidEscape = "invalid escape"
        case controlCharacter = "control character in a string"
        case invalidUTF8 = "string that is not UTF-8"
        case tooDeep = "nested too deeply"
    }

    /// What is wrong.
    public let problem: Problem
    /// Where: the number of bytes before.
    public let offset: Int

    /// Says nothing of the text itself, so that it may be told and logged.
    public var description: String { "\(problem.rawValue) at byte \(offset)" }
}
