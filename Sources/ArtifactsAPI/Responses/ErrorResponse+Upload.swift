internal import Artifacts
internal import ArtifactsPostgres

extension ErrorResponse {
    /// The answers of the contract's section 8.
    init(_ problem: UploadProblem) {
        switch problem {
        case .erased: self.init(status: 403, message: "403 Forbidden - Job has been erased!")
        case .notRunning(let status):
            self.init(
                status: 403,
                message: "403 Forbidden - Job is not processing on runner",
                fields: [(name: "Job-Status", value: status.rawValue)]
            )
        case .malformed(let sentence): self.init(status: 400, message: "400 Bad request - \(sentence)")
        case .formatMismatch: self.init(status: 400, message: "Invalid file format with specified file type")
        case .otherContentExists: self.init(status: 400, message: "another artifact of the same type already exists")
        case .tooLarge: self.init(status: 413, message: "file size has reached maximum size limit")
        case .tooSlow: self.init(status: 408, message: "408 Request Timeout")
        case .diskFull: self.init(status: 507, message: "507 Insufficient Storage")
        case .logTooLarge: self.init(status: 403, message: "403 Forbidden - Job log has reached its maximum size")
        case .logIsStored: self.init(status: 403, message: "403 Forbidden - Job log is complete")
        case .quotaExceeded(let lack):
            let sentence = "The artifacts of \(lack.projectPath) have \(lack.used) of \(lack.quota) bytes"
            self.init(status: 507, message: "507 Insufficient Storage - \(sentence)")
        }
    }

    private init(status: Int, message: String, fields: [(name: StaticString, value: String)] = []) {
        self.init(status: status, body: [(name: "message", text: message)], fields: fields)
    }
}
