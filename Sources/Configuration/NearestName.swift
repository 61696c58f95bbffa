/// Finds what a misspelt name was probably meant to be.
enum NearestName {
    /// The known name with the fewest edits, if those are few enough to be a slip.
    ///
    /// - Parameters:
    ///   - name: The misspelt name; its case does not matter.
    ///   - known: The names to choose from.
    /// - Returns: The nearest known name; nil if none is near.
    static func find(_ name: String, in known: [String]) -> String? {
        // A name far longer than any setting is no slip, and the distance takes quadratic time.
        guard name.utf8.count <= 64 else { return nil }
        let lowered = Array(name.lowercased().utf8)
        let ranked = known.map { (name: $0, distance: distance(lowered, Array($0.lowercased().utf8))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= 3 else { return nil }
        return best.name
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var older: [Int] = []
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(previous[column + 1] + 1, current[column] + 1)
                cost = min(cost, previous[column] + (byte == other ? 0 : 1))
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    cost = min(cost, older[column - 1] + 1)
                }
                current.append(cost)
            }
            older = previous
            previous = current
        }
        return previous[right.count]
    }
}
