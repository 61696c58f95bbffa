internal import Artifacts
internal import ArtifactsPostgres
internal import Cryptography
internal import HTTPSemantics

/// One upload, or the question whether one would be accepted: who sends it, and what is known of it so far.
struct UploadSession {
    /// Whose token it is, and what decides about the upload.
    struct Admission {
        let token: SHA256Digest
        let facts: UploadFacts
        let limits: UploadLimits
    }

    let jobID: Int64
    var parameters: UploadParameters
    private(set) var admission: Admission?

    private let catalog: UploadCatalog
    private let settings: UploadSettings
    /// The least that the file can have by the request's `Content-Length`, or `nil` where that was not sent.
    private let leastSize: Int64?

    /// What a form is longer than the file in it, mostly a few hundred bytes.
    private static let formOverhead: Int64 = 64 << 10

    /// Begins with what is known before the body, and lets the job in if that holds its token.
    ///
    /// - Parameters:
    ///   - segment: The raw segment that names the job.
    ///   - request: The request.
    ///   - catalog: Knows the job.
    ///   - settings: The instance's limits.
    ///   - holdsFile: Whether the body holds the file, so that `Content-Length` tells its size.
    /// - Throws: `RequestFailure` for a token that is not the job's, and parameters and sizes that are refused.
    init(
        _ segment: ArraySlice<UInt8>,
        _ request: APIRequest,
        _ catalog: UploadCatalog,
        _ settings: UploadSettings,
        holdsFile: Bool
    ) throws(RequestFailure) {
        jobID = try Self.jobID(segment)
        parameters = UploadParameters(request.query)
        self.catalog = catalog
        self.settings = settings
        let length = holdsFile ? request.field("CONTENT_LENGTH").flatMap { Int64($0) } : nil
        leastSize = length.map { max(Self.formOverhead, $0) - Self.formOverhead }
        if let token = try UploadToken.outsideBody(of: request) { try admit(token) }
    }

    /// The admission, or the refusal of a request that held no token.
    func admitted() throws(RequestFailure) -> Admission {
        guard let admission else { throw .denied(.forbidden) }
        return admission
    }

    /// Reads the form's fields up to the next file.
    ///
    /// - Parameter form: The form.
    /// - Returns: The file's header, or `nil` at the end of the form.
    /// - Throws: `RequestFailure` where the form or what it says is refused.
    mutating func readFields(of form: FormReader) throws(RequestFailure) -> MultipartPart? {
        while case .part(let part) = try form.next() {
            guard part.filename == nil else { return part }
            let value = try form.value()
            switch part.name {
            case "file": throw admission == nil ? .denied(.forbidden) : .parameters([.invalid("file")])
            case .some(let name):
                try take(name, value)
                if admission != nil { form.admit() }
            case nil: break
            }
        }
        return nil
    }

    /// Takes a field of a form; a token lets the job in where nothing has before.
    mutating func take(_ name: String, _ value: String) throws(RequestFailure) {
        if UploadToken.isField(name), admission == nil, !value.isEmpty {
            try admit(UploadToken.digest(of: value))
        } else {
            parameters.add(name, value)
        }
    }

    /// Checks parameters and announced sizes, as far as they have come.
    ///
    /// - Returns: The parameters.
    /// - Throws: `RequestFailure` with the first that is refused.
    @discardableResult
    func check() throws(RequestFailure) -> UploadParameters.Checked {
        let admission = try admitted()
        let checked = try parameters.checked()
        try check(size: max(checked.declaredSize ?? 0, leastSize ?? 0), admission)
        return checked
    }

    /// Checks the size of the file, or what has come of it.
    ///
    /// A job that has artifacts may be repeating an upload, which takes no room: its quota is looked at in the end.
    func check(size: Int64, _ admission: Admission) throws(RequestFailure) {
        if admission.limits.forbidSize(size) { throw .upload(.tooLarge) }
        let facts = admission.facts
        guard !facts.hasArtifacts, let quota = admission.limits.quota else { return }
        if admission.limits.forbidAdding(size, to: facts.usedBytes) {
            let lack = QuotaExceeded(projectPath: facts.projectPath, used: facts.usedBytes, quota: quota)
            throw .upload(.quotaExceeded(lack))
        }
    }

    /// The limits that count for an upload of which the database knows this.
    func limits(_ facts: UploadFacts) -> UploadLimits {
        facts.limits(instanceSize: settings.maxArtifactSize, instanceQuota: settings.projectQuota)
    }

    private mutating func admit(_ token: SHA256Digest) throws(RequestFailure) {
        let found: UploadFacts?
        do { found = try catalog.facts(job: jobID, token: token.bytes, type: parameters.givenType) } catch {
            throw .database(error)
        }
        guard let facts = found else { throw .denied(.forbidden) }
        do { try facts.job.check() } catch { throw .refused(error) }
        admission = Admission(token: token, facts: facts, limits: limits(facts))
        try check()
    }

    /// A number beyond 64 bits is that of no job.
    static func jobID(_ segment: ArraySlice<UInt8>) throws(RequestFailure) -> Int64 {
        guard let text = PercentCoding.decodeToString(segment, plusIsSpace: false) else { throw .badRequest }
        switch ParameterValue.identifier(text) {
        case .value(let id): return id
        case .unknown: return 0
        case .malformed: throw .parameters([.invalid("id")])
        }
    }
}
