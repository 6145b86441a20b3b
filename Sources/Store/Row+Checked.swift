internal import Digests
internal import Fabric
internal import FoundationEssentials
internal import GRDB

extension Row {
  /// The whole number in a column; a damaged row may hold anything, even in a STRICT table, where GRDB would trap.
  func integer(at index: Int) throws -> Int64 {
    guard let value = Int64.fromDatabaseValue(self[index] as DatabaseValue) else {
      throw StoreError.corrupt("column \(index) of a row is no whole number")
    }
    return value
  }

  /// The blob in a column, if it matches the digest in another one.
  func bytes(at index: Int, matching digestIndex: Int) throws -> [UInt8]? {
    let bytes = try withUnsafeData(atIndex: index) { $0.map(Array.init) ?? [] }
    let digest = try withUnsafeData(atIndex: digestIndex) { $0.map(Array.init) ?? [] }
    return Digest(of: bytes).bytes == digest ? bytes : nil
  }
}
