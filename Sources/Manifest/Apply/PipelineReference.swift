import Artifacts

/// A pipeline of another project: `project/path:key`.
///
/// A path holds no colon, so the first one ends it; the key may hold more.
struct PipelineReference {
    let project: FullPath
    let key: String

    init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let project = try? FullPath(parsing: String(text[..<colon])) else {
            return nil
        }
        self.project = project
        key = String(text[text.index(after: colon)...])
    }
}
