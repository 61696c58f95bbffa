/// The entry point that libFuzzer calls for every input.
///
/// A violated property ends the process, which is how libFuzzer learns of it; it then writes the input to a file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    if let violation = JSONExercise.violation(in: input) { fatalError(violation) }
    return 0
}
