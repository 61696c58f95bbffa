extension MemberIndex {
    /// Finds the file or symbolic link with a path.
    ///
    /// A directory of that name is another entry, found by ``directory(at:)``; an archive can have both.
    ///
    /// - Parameter path: The path in UTF-8, without a slash at its end.
    /// - Returns: The member, or `nil` when the archive has no such file.
    /// - Throws: ``IndexError`` when the index is damaged where it was read.
    public func lookup(_ path: UnsafeRawBufferPointer) throws(IndexError) -> Member? {
        guard let member = try find(path, slash: false), member.kind != .directory else { return nil }
        return member
    }

    /// Finds the file or symbolic link with a path.
    ///
    /// - Parameter path: The path.
    /// - Returns: The member, or `nil` when the archive has no such file.
    /// - Throws: ``IndexError`` when the index is damaged where it was read.
    public func lookup(_ path: MemberPath) throws(IndexError) -> Member? {
        try withBytes(of: path.bytes) { bytes throws(IndexError) in try lookup(bytes) }
    }

    /// Finds the directory with a path, in the archive itself or implied by its members.
    ///
    /// - Parameter path: The path in UTF-8, with or without one slash at its end; empty for the root.
    /// - Returns: The directory, or `nil` when there is none.
    /// - Throws: ``IndexError`` when the index is damaged where it was read.
    public func directory(at path: UnsafeRawBufferPointer) throws(IndexError) -> MemberDirectory? {
        if path.isEmpty { return try directory(number: 0, after: 0) }
        let found = try find(path, slash: path[path.count - 1] != 0x2F)
        guard let found, found.kind == .directory else { return nil }
        return try directory(of: found)
    }

    /// Finds the directory with a path, in the archive itself or implied by its members.
    ///
    /// - Parameter path: The path, or `nil` for the root.
    /// - Returns: The directory, or `nil` when there is none.
    /// - Throws: ``IndexError`` when the index is damaged where it was read.
    public func directory(at path: MemberPath?) throws(IndexError) -> MemberDirectory? {
        try withBytes(of: path?.bytes ?? []) { bytes throws(IndexError) in try directory(at: bytes) }
    }

    /// Finds the entry with a path, to which a slash is added if need be.
    private func find(_ path: UnsafeRawBufferPointer, slash: Bool) throws(IndexError) -> Member? {
        var hash = SipHash(key: key)
        hash.update(path)
        if slash { hash.update(0x2F) }
        let value = hash.finalized()
        var slot = IndexFormat.slot(of: value, count: slotCount)
        for _ in 0..<longestChain {
            let record = try record(Int(slot), of: .slots)
            let entry = record.u32(at: 4)
            if entry == IndexFormat.none { return nil }
            if record.u32(at: 0) == UInt32(truncatingIfNeeded: value) {
                let member = try self.entry(at: Int(entry))
                if try hasPath(member, path, slash: slash) { return member }
            }
            slot = slot + 1 == slotCount ? 0 : slot + 1
        }
        return nil
    }

    private func hasPath(_ member: Member, _ path: UnsafeRawBufferPointer, slash: Bool) throws(IndexError) -> Bool {
        guard member.nameLength == path.count + (slash ? 1 : 0) else { return false }
        var compared = 0
        var isEqual = true
        try forEachPart(of: member) { part in
            let count = min(part.count, path.count - compared)
            let hasSlash = count == part.count || part[count] == 0x2F
            if !hasSlash || !part.part(0, count).hasBytes(of: path.part(compared, count)) { isEqual = false }
            compared += count
            return isEqual
        }
        return isEqual
    }
}
