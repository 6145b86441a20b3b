internal import Glibc

/// The target that `scripts/fuzz` names.
private let target = getenv("TESSERA_FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }

/// What libFuzzer calls with each input; a trap is what it takes for a find.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let target else { fatalError("TESSERA_FUZZ_TARGET names none of \(FuzzTarget.allCases.map(\.rawValue))") }
  do {
    try target.run(Array(UnsafeBufferPointer(start: data, count: count)))
  } catch {
    fatalError(error.description)
  }
  return 0
}
