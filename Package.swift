// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors where the project is checked (`.ci/run`), not on a user's machine with a newer compiler.
let warningsAreErrors = Context.environment["ARTIFACTD_WARNINGS_AS_ERRORS"] == "true"

/// ISA-L inflates single files where it is asked for; without it the library need not be there.
let usesIsal = Context.environment["ARTIFACTD_ISAL"] == "1"

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

/// A Swift target of this package, with the settings that all of them share.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], _ own: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings + own)
}

/// The unit tests of a module, in `Tests/<module>Tests`.
func tests(of name: String, _ dependencies: [Target.Dependency] = [], _ own: [SwiftSetting] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name)] + dependencies,
        path: "Tests/\(name)Tests",
        swiftSettings: settings + own
    )
}

/// A C library of the system, found by pkg-config.
func systemLibrary(_ name: String, pkgConfig: String, debian: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// What ISA-L adds to the targets: nothing, unless it is asked for.
let isal: (targets: [Target], libraries: [Target.Dependency], settings: [SwiftSetting]) =
    usesIsal
    ? ([systemLibrary("CIsal", pkgConfig: "libisal", debian: "libisal-dev")], ["CIsal"], [.define("ISAL")])
    : ([], [], [])

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "artifactd",
    products: [
        .executable(name: "artifactd", targets: ["artifactd"]),
        .executable(name: "artifactd-publish", targets: ["artifactd-publish"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: isal.targets + [
        systemLibrary("CFastCGI", pkgConfig: "fcgi", debian: "libfcgi-dev"),
        systemLibrary("CLibPQ", pkgConfig: "libpq", debian: "libpq-dev"),
        systemLibrary("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
        systemLibrary("CLibCrypto", pkgConfig: "libcrypto", debian: "libssl-dev"),
        systemLibrary("CLibCurl", pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),

        // What a capability needs, and nothing else: pure values first, then one wrapper a C library.
        module("HTTPSemantics"),
        module("Cryptography", ["CLibCrypto"]),
        module("FastCGI", ["CFastCGI"]),
        module("Postgres", ["CLibPQ"]),
        module("ZipArchive", ["CZlib"] + isal.libraries, isal.settings),
        module("ContentStore", ["Cryptography", "ZipArchive"]),
        module("Artifacts"),
        module("Configuration", [yams]),
        module("Observability", [logging]),

        // The domain on PostgreSQL, the manifest and the HTTP edge.
        module("ArtifactsPostgres", ["Artifacts", "Postgres"]),
        module(
            "Manifest",
            [
                "Artifacts", "ArtifactsPostgres", "ContentStore", "Cryptography", "HTTPSemantics", "Postgres",
                "ZipArchive", yams,
            ]
        ),
        module(
            "ArtifactsAPI",
            [
                "Artifacts", "ArtifactsPostgres", "ContentStore", "Cryptography", "FastCGI", "HTTPSemantics",
                "Observability", "Postgres", "ZipArchive", logging,
            ]
        ),
        module("Sweeping", ["ArtifactsPostgres", "ContentStore", "Cryptography", "Postgres"]),
        .executableTarget(
            name: "artifactd",
            dependencies: [
                "Artifacts", "ArtifactsAPI", "ArtifactsPostgres", "Configuration", "ContentStore", "Cryptography",
                "FastCGI", "HTTPSemantics", "Manifest", "Observability", "Postgres", "Sweeping", "ZipArchive",
                argumentParser, logging,
            ],
            swiftSettings: settings
        ),

        // The publishing client: a program of its own, for machines that have nothing of the server's.
        module("CurlHTTP", ["CLibCurl"]),
        module("Publishing", ["Artifacts", "Cryptography", "CurlHTTP", "HTTPSemantics", "ZipArchive"]),
        .executableTarget(
            name: "artifactd-publish",
            dependencies: ["CurlHTTP", "Publishing"],
            swiftSettings: settings
        ),

        // For the instruction counts of the benchmark: built beside the server, no product, installed nowhere.
        .executableTarget(
            name: "hot-paths",
            dependencies: [
                "Artifacts", "ArtifactsAPI", "ArtifactsPostgres", "ContentStore", "Cryptography", "FastCGI",
                "HTTPSemantics", "Observability", "Postgres", "ZipArchive", logging,
            ],
            path: "Tests/Benchmarks/HotPaths",
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Postgres"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        tests(of: "HTTPSemantics"),
        tests(of: "Cryptography"),
        tests(of: "FastCGI"),
        tests(of: "Postgres", ["TestSupport"]),
        tests(of: "ZipArchive", ["CZlib"], isal.settings),
        tests(of: "ContentStore", ["Cryptography", "TestSupport", "ZipArchive"]),
        tests(of: "Artifacts"),
        tests(of: "ArtifactsPostgres", ["Artifacts", "Postgres", "TestSupport"]),
        tests(
            of: "ArtifactsAPI",
            [
                "Artifacts", "ArtifactsPostgres", "ContentStore", "Cryptography", "FastCGI", "HTTPSemantics",
                "Observability", "Postgres", "ZipArchive", logging, yams,
            ]
        ),
        tests(of: "Manifest", ["ContentStore", "Postgres", "TestSupport"]),
        tests(of: "Sweeping", ["ArtifactsPostgres", "ContentStore", "Cryptography", "Postgres", "TestSupport"]),
        tests(of: "Publishing", ["Artifacts", "CurlHTTP", "HTTPSemantics"]),
        tests(of: "Configuration"),
        tests(of: "Observability", [logging]),
    ]
)
