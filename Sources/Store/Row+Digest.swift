internal import Digests
internal import FoundationEssentials
internal import GRDB

extension Row {
  /// The blob in a column, if it matches the digest in another one.
  func bytes(at index: Int, matching digestIndex: Int) throws -> [UInt8]? {
    let bytes = try withUnsafeData(atIndex: index) { $0.map(Array.init) ?? [] }
    let digest = try withUnsafeData(atIndex: digestIndex) { $0.map(Array.init) ?? [] }
    return Digest(of: bytes).bytes == digest ? bytes : nil
  }
}
