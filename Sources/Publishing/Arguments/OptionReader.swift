/// Splits a command line into options and paths, after POSIX and GNU: `--name VALUE`, `--name=VALUE`, and `--` before paths.
///
/// A parser of our own: swift-argument-parser would link Foundation into a program that is copied to many machines.
struct OptionReader {
    private(set) var values: [String: [String]] = [:]
    private(set) var paths: [String] = []

    init(_ arguments: [String], options: [Option]) throws(PublishError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                paths += rest
                return
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                paths.append(argument)
                continue
            }
            try read(argument == "-h" ? "--help" : argument, &rest, options)
        }
    }

    private mutating func read(
        _ argument: String,
        _ rest: inout ArraySlice<String>,
        _ options: [Option]
    ) throws(PublishError) {
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard argument.hasPrefix("--"), let name = parts.first.map(String.init),
            let option = options.first(where: { $0.name == name })
        else { throw PublishError(.usage, "unknown option \(argument.prefix { $0 != "=" })") }
        guard values[name] == nil || option.isRepeatable || option.value == nil else {
            throw PublishError(.usage, "--\(name) is given twice")
        }
        values[name, default: []].append(try value(of: option, parts.dropFirst().first, &rest))
    }

    private func value(
        of option: Option,
        _ attached: Substring?,
        _ rest: inout ArraySlice<String>
    ) throws(PublishError) -> String {
        guard option.value != nil else {
            guard attached == nil else { throw PublishError(.usage, "--\(option.name) takes no value") }
            return ""
        }
        guard let value = attached.map(String.init) ?? rest.popFirst() else {
            throw PublishError(.usage, "--\(option.name) needs a value")
        }
        guard !value.isEmpty else { throw PublishError(.usage, "--\(option.name) is empty") }
        return value
    }

    /// Whether a switch is on.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// The value of an option, or `nil`.
    func value(_ name: String) -> String? { values[name]?.last }

    /// The value of an option that must be there.
    func required(_ name: String) throws(PublishError) -> String {
        guard let value = value(name) else { throw PublishError(.usage, "--\(name) is missing") }
        return value
    }

    /// Refuses options that mean nothing beside, or without, others.
    func refuse(_ names: [String], _ why: String) throws(PublishError) {
        guard let name = names.first(where: has) else { return }
        throw PublishError(.usage, "--\(name) \(why)")
    }
}
