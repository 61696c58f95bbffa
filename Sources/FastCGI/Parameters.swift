internal import Glibc

/// The parameters of one request: the CGI variables that the web server sent.
///
/// libfcgi frees its strings when the request ends, so they are copied once, into one array of bytes. A lookup scans
/// that array: for the some thirty names of a request this beats a dictionary, which costs an allocation a name.
public struct Parameters: Sendable {
    private struct Entry {
        var start: Int
        var nameLength: Int
        var end: Int
    }

    /// The most bytes that are kept for the next request of the same worker.
    private static let keptCapacity = 256 << 10

    /// `NAME=value` of every parameter, one behind the other.
    private var storage: [UInt8] = []
    private var entries: [Entry] = []

    /// Makes the parameters of a request from pairs, in order.
    ///
    /// - Parameter pairs: names and values.
    public init(_ pairs: KeyValuePairs<String, String> = [:]) {
        for (name, value) in pairs {
            let start = storage.count
            storage.append(contentsOf: name.utf8)
            storage.append(UInt8(ascii: "="))
            storage.append(contentsOf: value.utf8)
            entries.append(Entry(start: start, nameLength: name.utf8.count, end: storage.count))
        }
    }

    /// The number of parameters.
    public var count: Int { entries.count }

    /// The value of a parameter as text; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameter name: the name; of equal names the first one counts.
    /// - Returns: the value, nil when there is no such parameter.
    public subscript(_ name: StaticString) -> String? {
        guard let range = range(of: name) else { return nil }
        return String(decoding: storage[range], as: UTF8.self)
    }

    /// The value of a parameter as it was sent.
    ///
    /// - Parameter name: the name; of equal names the first one counts.
    /// - Returns: the bytes, nil when there is no such parameter.
    public func bytes(_ name: StaticString) -> ArraySlice<UInt8>? {
        range(of: name).map { storage[$0] }
    }

    /// The values of all parameters of one name, as they were sent: a field that a request has on several lines reaches
    /// us as several parameters.
    ///
    /// - Parameter name: the name.
    /// - Returns: the values in the order in which they were sent.
    public func all(_ name: StaticString) -> [ArraySlice<UInt8>] {
        entries.lazy.filter { entry in
            entry.nameLength == name.utf8CodeUnitCount
                && name.withUTF8Buffer { self.storage[entry.start...].starts(with: $0) }
        }.map { self.storage[$0.start + $0.nameLength + 1..<$0.end] }
    }

    private func range(of name: StaticString) -> Range<Int>? {
        guard name.hasPointerRepresentation else { return nil }
        let length = name.utf8CodeUnitCount
        return storage.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return nil }
            for entry in entries
            where entry.nameLength == length && memcmp(base + entry.start, name.utf8Start, length) == 0 {
                return entry.start + length + 1..<entry.end
            }
            return nil
        }
    }

    /// Copies the strings of `FCGX_Request.envp`, each `NAME=value`, in the place of the ones before.
    ///
    /// The memory is used again, unless somebody still holds a copy of the old values.
    mutating func load(_ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        clear()
        guard var next = environment else { return }
        while let text = next.pointee {
            append(UnsafeRawBufferPointer(start: text, count: strlen(text)))
            next += 1
        }
    }

    private mutating func append(_ text: UnsafeRawBufferPointer) {
        let nameLength = text.firstIndex(of: UInt8(ascii: "=")) ?? text.count
        guard nameLength < text.count else { return }
        let start = storage.count
        storage.append(contentsOf: text)
        entries.append(Entry(start: start, nameLength: nameLength, end: storage.count))
    }

    private mutating func clear() {
        storage.removeAll(keepingCapacity: storage.capacity <= Self.keptCapacity)
        entries.removeAll(keepingCapacity: true)
    }
}
