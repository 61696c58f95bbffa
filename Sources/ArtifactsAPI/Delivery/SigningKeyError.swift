public import Cryptography

/// What is wrong with a file of signing keys; no case holds anything of a key.
public enum SigningKeyError: Error, Equatable, CustomStringConvertible {
    /// There is no key in it.
    case none
    /// A key has too few characters to be random enough.
    case short(line: Int)
    /// A key has more characters than a configuration holds.
    case long(line: Int)
    /// A key has a character other than letters, digits and `+/=_-`.
    case character(line: Int)
    /// A key stands there twice.
    case repeated(line: Int)
    /// The library of algorithms has none that is needed.
    case cryptography(CryptographyError)

    /// The fault in words that are fit for a log.
    public var description: String {
        switch self {
        case .none: "holds no key"
        case .short(let line): "line \(line): a key has at least \(SigningKey.minimumLength) characters"
        case .long(let line): "line \(line): a key has at most \(SigningKey.maximumLength) characters"
        case .character(let line): "line \(line): a key is made of letters, digits and + / = _ - (one key a line)"
        case .repeated(let line): "line \(line): the key stands there twice"
        case .cryptography(let error): "\(error)"
        }
    }
}
