import HTTPSemantics

/// Feeds bytes of a client to the JSON reader and checks what must always hold.
///
/// The fuzzer `Tests/Fuzz/JSON` and the tests share it.
enum JSONExercise {
    /// Reads the input, and what the writer makes of the value.
    ///
    /// - Parameter input: What the fuzzer made up.
    /// - Returns: Which property was violated, nil if all hold.
    static func violation(in input: UnsafeRawBufferPointer) -> String? {
        let value: JSONValue
        do { value = try JSONValue(parsing: input) } catch {
            return (0...input.count).contains(error.offset) ? nil : "an error lies outside of the text"
        }
        var writer = JSONWriter()
        guard write(value, to: &writer) else { return nil }
        guard let again = try? JSONValue(parsing: writer.bytes) else { return "what was written is no JSON" }
        return again == value ? nil : "what was written reads as another value"
    }

    /// Writes a value; false where it holds a number that the writer has no form for.
    private static func write(_ value: JSONValue, to writer: inout JSONWriter) -> Bool {
        switch value {
        case .null: writer.null()
        case .bool(let value): writer.boolean(value)
        case .string(let value): writer.string(value)
        case .number(let text):
            guard let number = Int64(text), String(number) == text else { return false }
            writer.integer(number)
        case .array(let elements):
            writer.beginArray()
            for element in elements where !write(element, to: &writer) { return false }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(text: member.name)
                guard write(member.value, to: &writer) else { return false }
            }
            writer.endObject()
        }
        return true
    }
}
