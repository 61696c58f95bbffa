extension JSONWriter {
    /// Writes an object.
    ///
    /// - Parameter members: Writes its members.
    /// - Throws: What the closure throws.
    public mutating func object<Failure: Error>(_ members: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        beginObject()
        try members(&self)
        endObject()
    }

    /// Writes an array.
    ///
    /// - Parameter elements: Writes its elements.
    /// - Throws: What the closure throws.
    public mutating func array<Failure: Error>(_ elements: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        beginArray()
        try elements(&self)
        endArray()
    }

    /// Writes a member that is a string.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The value, `null` for nil.
    public mutating func member(_ name: StaticString, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// Writes a member that is an integer.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The value, `null` for nil.
    public mutating func member(_ name: StaticString, _ value: Int64?) {
        key(name)
        if let value { integer(value) } else { null() }
    }

    /// Writes a member that is an integer.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The value, `null` for nil.
    public mutating func member(_ name: StaticString, _ value: Int?) {
        member(name, value.map(Int64.init))
    }

    /// Writes a member that is a boolean.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The value, `null` for nil.
    public mutating func member(_ name: StaticString, _ value: Bool?) {
        key(name)
        if let value { boolean(value) } else { null() }
    }

    /// Writes a member that is a floating-point number.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The value, `null` for nil.
    public mutating func member(_ name: StaticString, _ value: Double?) {
        key(name)
        if let value { double(value) } else { null() }
    }

    /// Writes a member that is a time, as `Timestamp` formats it.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - microseconds: Microseconds since the Unix epoch, `null` for nil.
    public mutating func member(_ name: StaticString, time microseconds: Int64?) {
        key(name)
        if let microseconds { time(microseconds) } else { null() }
    }

    /// Writes a member that is `null`.
    ///
    /// - Parameter name: The member's name.
    public mutating func nullMember(_ name: StaticString) {
        key(name)
        null()
    }
}
