internal import Artifacts
internal import ArtifactsPostgres
internal import Cryptography
internal import FastCGI
internal import HTTPSemantics

/// Decides who may publish in a project.
///
/// The checks come in the order of the contract's section 1 for what is no GET: credentials, parameters, project, rights.
struct PublishingService: Sendable {
    let access: AccessCatalog
    let catalog: PublishingCatalog
    let settings: UploadSettings
    let externalURL: String

    /// A request whose body has not been read yet.
    struct Incoming {
        let request: APIRequest
        let exchange: Exchange
        let buffer: UnsafeMutableRawBufferPointer
    }

    /// A caller who may publish, and what was asked.
    struct Admitted<Parameters> {
        let admission: Admission
        let parameters: Parameters
        /// The digest of the access token.
        let token: SHA256Digest
    }

    /// Admits a caller, and reads what is asked.
    ///
    /// - Parameters:
    ///   - project: The raw segment that names the project.
    ///   - incoming: The request.
    ///   - parse: Reads the parameters.
    /// - Returns: The caller and the parameters.
    /// - Throws: `RequestFailure` with the first check that fails.
    func admit<Parameters>(
        _ project: ArraySlice<UInt8>,
        _ incoming: Incoming,
        _ parse: (BodyParameters) throws(RequestFailure) -> Parameters
    ) throws(RequestFailure) -> Admitted<Parameters> {
        let request = incoming.request
        let token = try PresentedToken(request, acceptsJobTokens: false)
        guard let accessToken = token.access else { throw .denied(.unauthorized) }
        let selector = Result { () throws(RequestFailure) in try ProjectSelector(project) }
        let facts = try facts(in: try? selector.get(), accessToken)
        do throws(Denial) {
            try Authentication.check(.token, facts.credential, isReading: false)
        } catch {
            throw .denied(error)
        }
        _ = try selector.get()
        let parameters = try parse(
            RequestBody.parameters(of: request, incoming.exchange, settings, incoming.buffer)
        )
        let admission = try Admission(facts, token, in: project, request, externalURL: externalURL)
        guard AccessPolicy.canPublish(admission.project, admission.caller) else { throw .denied(.forbidden) }
        return Admitted(admission: admission, parameters: parameters, token: accessToken)
    }

    /// Finds the pipeline that is named as the parent of a new one: any whose project lets the caller read its builds.
    ///
    /// - Parameters:
    ///   - id: The pipeline, or `nil`.
    ///   - admitted: The caller.
    /// - Returns: The parent, or `nil` where none is named.
    /// - Throws: `RequestFailure` where there is none, or where the caller must not know of it.
    func parent<Parameters>(
        _ id: Int64?,
        of admitted: Admitted<Parameters>
    ) throws(RequestFailure) -> NewPipeline.Parent? {
        guard let id else { return nil }
        let found: Int64?
        do { found = try catalog.project(ofPipeline: id) } catch { throw .database(error) }
        guard let projectID = found, try canRead(projectID, admitted) else { throw .missing(.job, reason: nil) }
        return NewPipeline.Parent(id: id, projectID: projectID)
    }

    private func canRead<Parameters>(
        _ projectID: Int64,
        _ admitted: Admitted<Parameters>
    ) throws(RequestFailure) -> Bool {
        if projectID == admitted.admission.project.id { return true }
        let facts = try facts(in: .id(projectID), admitted.token)
        guard let project = facts.project,
            let caller = try? Authentication.caller(facts.credential, role: facts.role, in: project)
        else { return false }
        return AccessPolicy.canReadBuilds(project, caller)
    }

    private func facts(in project: ProjectSelector?, _ token: SHA256Digest) throws(RequestFailure) -> AccessFacts {
        do { return try access.facts(in: project, accessToken: token.bytes, jobToken: nil) } catch {
            throw .database(error)
        }
    }
}
