import Glibc
import HTTPSemantics

@testable import ArtifactsAPI
@testable import FastCGI

/// Makes a request as the web server hands it over.
///
/// Fields are given by their HTTP names, such as `If-None-Match`.
func makeRequest(
    _ target: String = "/",
    method: String = "GET",
    fields: [(name: String, value: String)] = [],
    parameters others: [String: String] = [:]
) throws -> APIRequest {
    var pairs = ["REQUEST_METHOD=\(method)", "REQUEST_URI=\(target)"]
    pairs += others.map { "\($0)=\($1)" }
    pairs += fields.map { field in
        "HTTP_" + field.name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() + "=" + field.value
    }
    var environment = pairs.map { strdup($0) } + [nil]
    defer { for text in environment { free(text) } }
    var parameters = Parameters()
    environment.withUnsafeMutableBufferPointer { parameters.load($0.baseAddress) }
    return try APIRequest(parameters, requestID: "test")
}

/// The raw bytes of a part of a request target.
func raw(_ text: String) -> ArraySlice<UInt8> { ArraySlice(text.utf8) }
