import Glibc

extension MemberTable {
    /// The indexed entries in byte order of their paths; of equal paths only the last in the directory.
    func sortedByPath() -> [UInt32] {
        var sorted = indexed
        sortByPath(&sorted)
        var unique: [UInt32] = []
        unique.reserveCapacity(sorted.count)
        for number in sorted {
            if let last = unique.last, havePathInCommon(last, number) {
                unique[unique.count - 1] = number
            } else {
                unique.append(number)
            }
        }
        return unique
    }

    /// Refuses archives in which the data of two members share bytes.
    ///
    /// Such archives expand to many times their size (D. Fifield, "A better zip bomb", 2019). The extra fields of local
    /// headers are not read at intake, so the extents are the least that the members can have.
    func checkOverlaps() throws(ZipError) {
        var previous: UInt32?
        for number in sortedByOffset() {
            if let previous, let end = entries[Int(previous)].extentEnd, entries[Int(number)].localOffset < end {
                let pair = (min(previous, number), max(previous, number))
                throw .overlappingMembers(first: Int(pair.0) + 1, second: Int(pair.1) + 1)
            }
            previous = number
        }
    }

    /// All entries in the order of their data, which usually is the order of the directory.
    private func sortedByOffset() -> [UInt32] {
        var numbers = Array(0..<UInt32(entries.count))
        for index in entries.indices.dropFirst() where entries[index - 1].localOffset > entries[index].localOffset {
            entries.withUnsafeBufferPointer { entries in
                numbers.sort { left, right in
                    let offsets = (entries[Int(left)].localOffset, entries[Int(right)].localOffset)
                    return offsets.0 == offsets.1 ? left < right : offsets.0 < offsets.1
                }
            }
            break
        }
        return numbers
    }

    private func havePathInCommon(_ first: UInt32, _ second: UInt32) -> Bool {
        let first = entries[Int(first)]
        let second = entries[Int(second)]
        guard first.hash == second.hash, first.nameLength == second.nameLength else { return false }
        return names.withUnsafeBytes { names in
            names.part(Int(first.nameOffset), Int(first.nameLength))
                .hasBytes(of: names.part(Int(second.nameOffset), Int(second.nameLength)))
        }
    }

    /// Sorts numbers of entries by their paths, bytewise; of equal paths the one earlier in the directory comes first.
    private func sortByPath(_ numbers: inout [UInt32]) {
        names.withUnsafeBytes { names in
            entries.withUnsafeBufferPointer { entries in
                guard let names = names.baseAddress, let entries = entries.baseAddress else { return }
                numbers.sort { left, right in
                    let first = entries + Int(left)
                    let second = entries + Int(right)
                    let order = memcmp(
                        names + Int(first.pointee.nameOffset),
                        names + Int(second.pointee.nameOffset),
                        Int(min(first.pointee.nameLength, second.pointee.nameLength))
                    )
                    if order != 0 { return order < 0 }
                    let lengths = (first.pointee.nameLength, second.pointee.nameLength)
                    return lengths.0 == lengths.1 ? left < right : lengths.0 < lengths.1
                }
            }
        }
    }
}
