internal import Artifacts
internal import HTTPSemantics

/// The parameters of an upload, gathered from the query and the form; the form's win, as in a framework that merges both.
struct UploadParameters {
    /// The parameters, checked.
    struct Checked: Equatable {
        var type = FileType.archive
        var access = ArtifactAccess.all
        /// `nil` where none was given.
        var expiry: ExpireIn?
        /// The size that the client says the file has, or `nil`.
        var declaredSize: Int64?
    }

    private var values: [(name: String, value: String)]

    init(_ query: Query) {
        values = query.parameters.filter { Self.names.contains($0.name) }.map { (name: $0.name, value: $0.value) }
    }

    /// Adds a field of the form; unknown ones are ignored.
    mutating func add(_ name: String, _ value: String) {
        if Self.names.contains(name) { values.append((name: name, value: value)) }
    }

    /// The type that was given so far, or `nil` where none or no known one was: fields behind the file may still say it.
    var givenType: FileType? { last("artifact_type").flatMap(FileType.init(rawValue:)) }

    /// Checks all parameters that have come so far.
    ///
    /// - Returns: The parameters.
    /// - Throws: `RequestFailure` that names every parameter at fault.
    func checked() throws(RequestFailure) -> Checked {
        var checked = Checked()
        var problems: [RequestFailure.ParameterProblem] = []
        if let text = last("artifact_type") {
            if let type = FileType(rawValue: text) {
                checked.type = type
            } else {
                problems.append(.unknownValue("artifact_type"))
            }
        }
        if let text = last("artifact_format"), FileFormat(rawValue: text) == nil {
            problems.append(.unknownValue("artifact_format"))
        }
        if let text = last("expire_in"), !text.isEmpty {
            checked.expiry = try? ExpireIn(parsing: text)
            if checked.expiry == nil { problems.append(.invalid("expire_in")) }
        }
        if let text = last("accessibility") {
            if let access = Self.access(text) {
                checked.access = access
            } else {
                problems.append(.unknownValue("accessibility"))
            }
        }
        if let text = last("filesize") {
            checked.declaredSize = Self.size(text)
            if checked.declaredSize == nil { problems.append(.invalid("filesize")) }
        }
        guard problems.isEmpty else { throw .parameters(problems) }
        return checked
    }

    /// Checks that the format is the type's; `zip` where none was given, as clients for whom only archives exist expect.
    ///
    /// - Parameter type: The type.
    /// - Throws: `RequestFailure` where it is not.
    func checkFormat(of type: FileType) throws(RequestFailure) {
        let format = last("artifact_format").flatMap(FileFormat.init(rawValue:)) ?? .zip
        guard format == type.format else { throw .upload(.formatMismatch) }
    }

    private static let names: Set<String> = [
        "artifact_type", "artifact_format", "expire_in", "accessibility", "filesize",
    ]

    private func last(_ name: String) -> String? { values.last { $0.name == name }?.value }

    private static func access(_ text: String) -> ArtifactAccess? {
        switch text {
        case "public": .all
        case "private": .developer
        case "maintainer": .maintainer
        case "none": ArtifactAccess.none
        default: nil
        }
    }

    /// A number of bytes; beyond 64 bits it is larger than any limit.
    private static func size(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(text) ?? .max
    }
}
