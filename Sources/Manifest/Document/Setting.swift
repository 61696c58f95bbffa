/// A key that is present, null or with a value; an absent key is no setting at all.
enum Setting<Value> {
    case null
    case value(Value)

    /// The value, or nil for null.
    var value: Value? {
        if case .value(let value) = self { value } else { nil }
    }
}

extension Setting: Sendable where Value: Sendable {}

extension Optional {
    /// Takes over what the document says; an absent key leaves what is stored alone.
    mutating func take(_ setting: Setting<Wrapped>?) {
        if let setting { self = setting.value }
    }
}
