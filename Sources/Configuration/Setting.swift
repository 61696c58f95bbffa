/// One setting: its name, what it means, and how its text becomes a value of ``Configuration``.
///
/// Parsing, the `config` command and the README's reference all read this definition, so they cannot disagree.
public struct Setting: Sendable {
    /// What every environment variable of the server starts with.
    public static let prefix = "ARTIFACTD_"

    /// The name without the prefix, as `UPLOAD_WORKERS`.
    public let name: String

    /// What the setting does, in Markdown.
    public let summary: String

    /// What a value must be, as it completes the sentence "… is not": "a whole number between 1 and 4096".
    public let grammar: String

    /// The default as the reference prints it.
    public let defaultText: String

    /// Whether the value may hold a secret, which then appears in no message and no output.
    public let isSecret: Bool

    /// Stores the value that a text stands for; false if it stands for none.
    let apply: @Sendable (_ text: String, _ configuration: inout Configuration) -> Bool

    /// The value as text, secrets masked.
    let show: @Sendable (Configuration) -> String

    /// The environment variable, as `ARTIFACTD_UPLOAD_WORKERS`.
    public var variable: String { Setting.prefix + name }

    /// The key in the configuration file, as `upload_workers`.
    public var key: String { name.lowercased() }

    /// Defines a setting that is stored in one property.
    ///
    /// - Parameters:
    ///   - name: The name without the prefix.
    ///   - property: Where the value is stored.
    ///   - grammar: How text becomes a value and back.
    ///   - defaultText: The default for the reference, where the value's own text would mislead (it depends on the machine).
    ///   - isSecret: Whether the value may hold a secret.
    ///   - summary: What the setting does.
    init<Value>(
        _ name: String,
        _ property: any WritableKeyPath<Configuration, Value> & Sendable,
        _ grammar: Grammar<Value>,
        default defaultText: String? = nil,
        isSecret: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.summary = summary
        self.grammar = grammar.text
        self.isSecret = isSecret
        self.defaultText = defaultText ?? grammar.show(Configuration()[keyPath: property])
        self.apply = { text, configuration in
            guard let value = grammar.parse(text) else { return false }
            configuration[keyPath: property] = value
            return true
        }
        self.show = { grammar.show($0[keyPath: property]) }
    }
}
