extension MemberIndex {
    /// The positions of the directory's records of all that paths stand for, ascending; empty where one of the paths
    /// stands for nothing.
    ///
    /// Entries are in byte order of their paths, so a directory is one range of them. Ranges are joined before they are
    /// read: paths of which one is below the other do not multiply the work.
    func records(at paths: some Sequence<MemberPath>) throws(IndexError) -> [Int64] {
        var ranges: [Range<Int>] = []
        for path in paths {
            let known = ranges.count
            if let member = try lookup(path) { ranges.append(member.index..<member.index + 1) }
            if let directory = try directory(at: path) {
                // A directory's own entry comes directly before what is below it.
                ranges.append(directory.subtree.lowerBound - 1..<directory.subtree.upperBound)
            }
            guard ranges.count > known else { return [] }
        }
        return try records(in: Self.joined(ranges))
    }

    /// The same entries in ranges that do not overlap, ascending.
    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var joined: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    /// Implied directories have no record.
    private func records(in ranges: [Range<Int>]) throws(IndexError) -> [Int64] {
        var records: [Int64] = []
        records.reserveCapacity(ranges.reduce(0) { $0 + $1.count })
        for range in ranges {
            for number in range {
                let member = try entry(at: number)
                if !member.flags.contains(.synthesized) { records.append(member.recordOffset) }
            }
        }
        records.sort()
        return records
    }
}
