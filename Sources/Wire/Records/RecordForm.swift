internal import Fabric
internal import Messages
internal import SwiftProtobuf

/// A generated message that stands for one line of a journal.
protocol RecordForm: WireForm {
  var version: UInt32 { get set }
}

extension RecordForm {
  /// The format that this program writes, and the newest that it reads.
  private static var supportedVersion: UInt32 { 1 }
  /// The longest record, in bytes; the largest, a full checkpoint, takes about 1 MiB.
  private static var maximumByteCount: Int { MessageLimits.messageByteCount }

  /// Encodes a record, and makes sure that it can be read again: a line that cannot would lock the journal for ever.
  ///
  /// Throws `.unavailable` for a record that breaks a limit, which is a defect of the core.
  static func encode(_ record: Value) throws(StoreError) -> [UInt8] {
    var form = Self(record)
    form.version = supportedVersion
    do {
      let bytes: [UInt8] = try form.serializedBytes()
      _ = try decode(bytes)
      return bytes
    } catch {
      throw .unavailable("the record cannot be written: \(error)")
    }
  }

  /// Decodes and checks a record; throws `.corrupt`, or `.newerVersion` for one of a newer program.
  static func decode(_ bytes: [UInt8]) throws(StoreError) -> Value {
    guard bytes.count <= maximumByteCount else {
      throw .corrupt("a record of \(bytes.count) bytes is over the limit of \(maximumByteCount)")
    }
    let form: Self
    do { form = try Self(serializedBytes: bytes) } catch { throw .corrupt("a record does not decode: \(error)") }
    guard form.version <= supportedVersion else {
      throw .newerVersion(found: Int(form.version), supported: Int(supportedVersion))
    }
    do { return try form.decoded() } catch { throw .corrupt(error.description) }
  }
}
