import Artifacts
import Foundation
import HTTPSemantics
import Testing
import Yams

@testable import ArtifactsAPI

/// The document and the router describe the same API, in both directions.
@Suite("The OpenAPI document")
struct OpenAPITests {
    struct Operation {
        let method: HTTPSemantics.Method
        let path: String
        let identifier: String
    }

    private static func document() throws -> [String: Any] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("deploy/openapi.yaml"), encoding: .utf8)
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    private static func operations() throws -> [Operation] {
        let paths = try #require(try document()["paths"] as? [String: [String: Any]])
        return try paths.sorted { $0.key < $1.key }.flatMap { path, item in
            try item.keys.sorted().filter { $0 != "parameters" }.map { name in
                let operation = try #require(item[name] as? [String: Any], "\(name) \(path)")
                return Operation(
                    method: Method(name.uppercased()),
                    path: path,
                    identifier: try #require(operation["operationId"] as? String, "\(name) \(path)")
                )
            }
        }
    }

    @Test("each operation is a route of its name")
    func operationsAreRoutes() throws {
        for operation in try Self.operations() {
            let path = "/api/v4" + operation.path.replacing(#/\{[a-z_]+\}/#, with: "7")
            let outcome = Router.route(operation.method, try RequestTarget(path).path)
            guard case .found(let route) = outcome else {
                Issue.record("\(operation.method.name) \(operation.path) is no route: \(outcome)")
                continue
            }
            #expect(route.name.rawValue == operation.identifier, "\(operation.method.name) \(operation.path)")
        }
    }

    @Test("each route is an operation, once")
    func routesAreOperations() throws {
        let described = try Self.operations().map(\.identifier).sorted()
        #expect(described == RouteName.allCases.map(\.rawValue).sorted())
    }

    @Test("each path has just the methods that the router allows")
    func methods() throws {
        for (path, operations) in Dictionary(grouping: try Self.operations(), by: \.path) {
            let raw = try RequestTarget("/api/v4" + path.replacing(#/\{[a-z_]+\}/#, with: "7")).path
            guard case .methodNotAllowed(let allowed) = Router.route(.other, raw) else {
                Issue.record("\(path) takes any method")
                continue
            }
            let methods = Set(operations.map(\.method.name))
            let answered = Set(allowed.split(separator: ", ").map(String.init)).subtracting(["HEAD"])
            // A file of an archive may have any name: "keep" is read like any other.
            let file: Set<String> = path.hasSuffix("/keep") ? ["GET"] : []
            #expect(answered == methods.union(file), "\(path)")
        }
    }

    @Test("its downloadable types are the domain's")
    func types() throws {
        let components = try #require(try Self.document()["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        let listed = try #require(schemas["DownloadableType"]?["enum"] as? [String])
        #expect(listed.sorted() == FileType.allCases.filter(\.isDownloadable).map(\.rawValue).sorted())
    }
}
