import Artifacts

/// An element of `artifacts`: one a type and job.
struct ArtifactEntry {
    /// When it expires: at a time, or so long after it was taken in.
    enum Expiry {
        case at(Setting<TimeExpression>)
        case after(String, ExpireIn)
    }

    let path: DocumentPath
    let type: FileType
    let file: String
    let filename: String?
    let expiry: Expiry?
    let access: ArtifactAccess?
    /// Whether other content may take the place of what is stored.
    let replaces: Bool

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        let type = fields.has("type") ? fields.value("type") { $0.fileType() } : .archive
        let format = fields.value("format") { $0.choice(FileFormat.self) }
        let file = fields.required("file") { $0.name() }
        filename = fields.value("filename") { $0.fileName() }
        expiry = Self.expiry(fields)
        access = fields.value("access") { $0.choice(ArtifactAccess.self) }
        replaces = fields.value("replace") { $0.boolean() } ?? false
        fields.finish()
        guard let type, let file else { return nil }
        if let format, format != type.format {
            fields.report("format", "\(type.rawValue) is stored as \(type.format.rawValue), not as \(format.rawValue)")
        }
        self.type = type
        self.file = file
    }

    private static func expiry(_ fields: Fields) -> Expiry? {
        let moment = fields.setting("expire_at") { $0.time() }
        let period = fields.value("expire_in") { $0.period() }
        if fields.has("expire_at"), fields.has("expire_in") {
            fields.report("expire_in", "is given together with expire_at")
        }
        return moment.map(Expiry.at) ?? period.map(Expiry.after)
    }
}

extension DocumentNode {
    fileprivate func fileType() -> FileType? {
        guard let text = text() else { return nil }
        guard let type = FileType(rawValue: text) else {
            report("no such artifact type: \(Quotation.of(text))")
            return nil
        }
        return type
    }

    fileprivate func fileName() -> String? {
        guard let name = word() else { return nil }
        guard !name.utf8.contains(UInt8(ascii: "/")) else {
            report("holds a slash: \(Quotation.of(name))")
            return nil
        }
        guard name.utf8.count <= 255 else {
            report("is longer than 255 bytes, the longest name of a file")
            return nil
        }
        return name
    }

    fileprivate func period() -> (String, ExpireIn)? {
        guard let text = text() else { return nil }
        do {
            return (text, try ExpireIn(parsing: text))
        } catch {
            report("not a duration: \(Quotation.of(text))")
            return nil
        }
    }
}
