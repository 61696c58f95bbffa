extension Configuration {
    /// Reads the configuration from the environment and an optional file; the environment wins.
    ///
    /// Nothing is skipped and nothing is guessed: every fault of both sources is reported, at once.
    ///
    /// - Parameters:
    ///   - environment: The environment of the process.
    ///   - file: The path of the YAML file (`--config`); nil means the one that `ARTIFACTD_CONFIG` names, if any.
    /// - Returns: The configuration in effect.
    /// - Throws: A ``ConfigurationError`` with every fault.
    public static func load(
        environment: [String: String],
        file: String?
    ) throws(ConfigurationError) -> Configuration {
        var loader = Loader()
        if let path = file ?? environment[ToolVariables.configurationFile] {
            loader.apply(ConfigurationFile.read(path))
        }
        loader.apply(environment: environment)
        if loader.problems.isEmpty {
            loader.problems = loader.configuration.contradictions()
        }
        guard loader.problems.isEmpty else { throw ConfigurationError(problems: loader.problems) }
        return loader.configuration
    }
}

/// Collects values and faults, source by source.
private struct Loader {
    var configuration = Configuration()
    var problems: [ConfigurationError.Problem] = []

    mutating func apply(_ file: ConfigurationFile) {
        problems += file.problems
        for entry in file.entries {
            let place = "\(file.path): \(entry.key)"
            guard let setting = Setting.all.first(where: { $0.key == entry.key }) else {
                report(place, unknown("key", entry.key, known: Setting.all.map(\.key)))
                continue
            }
            switch entry.value {
            case .text(let text): apply(text, to: setting, at: place, origin: .file)
            case .unsuitable(let kind): report(place, "\(kind) is not \(setting.grammar)")
            }
        }
    }

    mutating func apply(environment: [String: String]) {
        for setting in Setting.all {
            guard let text = environment[setting.variable] else { continue }
            apply(text, to: setting, at: setting.variable, origin: .environment)
        }
        let known = Setting.all.map(\.variable)
        for name in environment.keys.sorted() where name.hasPrefix(Setting.prefix) {
            guard !known.contains(name), !ToolVariables.contains(name) else { continue }
            report(name, unknown("variable", name, known: known))
        }
    }

    private mutating func apply(_ text: String, to setting: Setting, at place: String, origin: Configuration.Origin) {
        // A control character would break the line-based output, and no setting needs one.
        let isPrintable = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        if isPrintable, setting.apply(text, &configuration) {
            configuration.origins[setting.name] = origin
        } else {
            let value = setting.isSecret ? "the value" : quoted(text)
            report(place, "\(value) is not \(setting.grammar)")
        }
    }

    private mutating func report(_ place: String, _ message: String) {
        problems.append(ConfigurationError.Problem(place: place, message: message))
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : String($0) }.joined() + "\""
    }

    private func unknown(_ kind: String, _ name: String, known: [String]) -> String {
        guard let nearest = NearestName.find(name, in: known) else { return "unknown \(kind)" }
        return "unknown \(kind); did you mean \(nearest)?"
    }
}
