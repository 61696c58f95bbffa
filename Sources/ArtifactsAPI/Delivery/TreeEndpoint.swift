internal import Artifacts
internal import ContentStore
internal import HTTPSemantics
internal import ZipArchive

/// Answers requests for the list of an archive's members (5.5), from the member index alone.
///
/// The index knows how many entries a directory has, and each by its number: a page costs what is on it, however many
/// members there are.
struct TreeEndpoint: Sendable {
    let store: ContentStore
    let externalURL: String

    /// Makes the answer for a directory of an archive that the caller may read.
    ///
    /// - Parameters:
    ///   - parameters: Which directory, how deep, and which page.
    ///   - archive: The archive.
    ///   - request: The request, for the links to the other pages.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` where there is no such directory.
    func answer(
        _ parameters: TreeParameters,
        of archive: ReadableArchive,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        let path = try Self.memberPath(parameters.path)
        let index: MemberIndex
        do { index = try store.index(of: archive.content) } catch { throw .store(error) }
        let page: TreePage?
        do { page = try TreePage(path, parameters, in: index) } catch { throw .index(error) }
        guard let page else { throw .missing(.path, reason: .memberNotFound) }
        let link = PageLink(request, externalURL: externalURL)
        var header = HeaderBlock()
        parameters.page.appendFields(total: Int64(page.total), link: link, to: &header)
        header.append("Content-Type", "application/json")
        header.append("Cache-Control", "private, no-cache")
        return Answer(status: 200, fields: header, body: .bytes(page.json))
    }

    /// One slash at the end is dropped, so that a directory's `path` can be sent back as it came.
    private static func memberPath(_ text: String) throws(RequestFailure) -> MemberPath? {
        if text.isEmpty { return nil }
        guard let path = MemberPath(text.utf8, droppingTrailingSlash: true) else { throw .badRequest }
        return path
    }
}
