internal import HTTPSemantics
internal import ZipArchive

/// A page of a directory's entries.
struct TreePage {
    /// The number of entries on all pages.
    let total: Int
    /// The page as JSON.
    let json: [UInt8]

    /// Reads the page; `nil` where there is no such directory.
    ///
    /// - Parameters:
    ///   - path: The directory, `nil` for the root.
    ///   - parameters: How deep, and which page.
    ///   - index: The archive's index.
    /// - Throws: `IndexError` where the index is damaged.
    init?(_ path: MemberPath?, _ parameters: TreeParameters, in index: MemberIndex) throws(IndexError) {
        guard let directory = try index.directory(at: path) else { return nil }
        total = parameters.isRecursive ? directory.subtree.count : directory.childCount
        let first = Int(min(parameters.page.offset, Int64(total)))
        let end = min(first + Int(parameters.page.perPage), total)
        var writer = JSONWriter(minimumCapacity: 16 + 128 * (end - first))
        writer.beginArray()
        for position in first..<end {
            let member =
                parameters.isRecursive
                ? try index.entry(at: directory.subtree.lowerBound + position)
                : try index.child(at: position, of: directory)
            Self.write(member, path: try index.path(of: member), to: &writer)
        }
        writer.endArray()
        json = writer.bytes
    }

    private static func write(_ member: Member, path: [UInt8], to writer: inout JSONWriter) {
        let isDirectory = member.kind == .directory
        let bare = isDirectory ? path.dropLast() : path[...]
        let name = bare[((bare.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
        writer.beginObject()
        writer.member("name", String(decoding: name, as: UTF8.self))
        writer.member("path", String(decoding: path, as: UTF8.self))
        writer.member("type", isDirectory ? "directory" : "file")
        if !isDirectory { writer.member("size", member.uncompressedSize) }
        writer.member("mode", text(ofMode: member.mode))
        writer.endObject()
    }

    /// Six octal digits, as git writes modes.
    private static func text(ofMode mode: UInt16) -> String {
        String(unsafeUninitializedCapacity: 6) { digits in
            for place in 0..<6 { digits[place] = UInt8(ascii: "0") + UInt8(mode >> UInt16(15 - 3 * place) & 7) }
            return 6
        }
    }
}
