import Glibc

/// Runs one hot path so many times, for a tool that counts instructions: `Tests/Benchmarks/hot_paths.py`.
///
///     hot-paths list                               the names of the paths
///     hot-paths prepare DIRECTORY                  makes a store; prints what identifies its archives
///     hot-paths run DIRECTORY ARCHIVES PATH COUNT
@main
enum HotPaths {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        do {
            try run(Array(arguments))
        } catch {
            let text = Array("hot-paths: \(error)\n".utf8)
            write(STDERR_FILENO, text, text.count)
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        switch (arguments.first, arguments.count) {
        case ("list", 1): for path in Catalogue.paths { print(path.name) }
        case ("prepare", 2): print(try Archives(preparing: arguments[1]))
        case ("run", 5):
            guard let path = Catalogue.paths.first(where: { $0.name == arguments[3] }), let count = Int(arguments[4])
            else { throw Failure("no such path or count: \(arguments[3]) \(arguments[4])") }
            try path.run(try Archives(directory: arguments[1], arguments[2]), count)
        default: throw Failure("list | prepare DIRECTORY | run DIRECTORY ARCHIVES PATH COUNT")
        }
    }
}

/// Why a path cannot be run.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Keeps the optimiser from leaving out what nobody looks at.
@inline(never)
@_optimize(none)
func consume<Value>(_ value: Value) {}
