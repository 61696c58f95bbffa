internal import Artifacts
internal import Cryptography
internal import CurlHTTP
internal import HTTPSemantics

/// The upload of one artifact, as gitlab-runner sends it but for its length: parameters in the query, the file alone in the form.
///
/// The length is announced, so that what is too large is refused before it is sent, and the digest, so that what arrives
/// otherwise is refused.
struct UploadCall {
    let job: PublishedJob
    let file: StagedFile
    let filename: String
    let type: FileType
    let expireIn: String?
    let access: String?
    /// Anything that does not occur in the file.
    let boundary: String

    func call(_ server: ServerAddress) -> HTTPCall {
        var query = [("artifact_format", type.format.rawValue), ("artifact_type", type.rawValue)]
        if let expireIn { query.append(("expire_in", expireIn)) }
        if let access { query.append(("accessibility", access)) }
        var headers = [
            ("JOB-TOKEN", job.token),
            ("Content-Type", "multipart/form-data; boundary=\(boundary)"),
        ]
        if let digest = file.digest { headers.append(("Repr-Digest", "sha-256=:\(digest.base64):")) }
        return HTTPCall(
            "POST",
            server.endpoint(["jobs", "\(job.id)", "artifacts"], query: query),
            headers: headers,
            body: .file(
                before: Array(opening.utf8),
                descriptor: file.descriptor,
                length: file.length,
                after: Array("\r\n--\(boundary)--\r\n".utf8)
            )
        )
    }

    private var opening: String {
        """
        --\(boundary)\r
        Content-Disposition: form-data; name="file"; filename="\(Self.quoted(filename))"\r
        Content-Type: application/octet-stream\r
        \r

        """
    }

    /// As Go's mime/multipart and curl write it.
    private static func quoted(_ name: String) -> String {
        var quoted = ""
        for character in name.unicodeScalars {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(character)
        }
        return quoted
    }
}
