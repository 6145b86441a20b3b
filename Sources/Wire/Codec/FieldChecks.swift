internal import Digests
internal import Fabric
internal import FoundationEssentials
internal import Messages

// How single fields become our values. Each takes the field's name for the error; "" stands for an element of a list.

extension Int64 {
  /// A number in a range; the schema's int64 lets a negative one arrive, to be refused here.
  func number(_ field: String, in range: ClosedRange<Int>) throws(WireError) -> Int {
    guard let number = Int(exactly: self), range.contains(number) else {
      throw .outOfRange(field: field, found: "\(self)", allowed: range.inWords)
    }
    return number
  }

  /// A slot's number, whichever board it is on.
  func slot(_ field: String = "slot") throws(WireError) -> SlotID { SlotID(rawValue: try number(field, in: .slot)) }

  func instant(_ field: String) throws(WireError) -> BoardInstant {
    BoardInstant(nanoseconds: Int64(try number(field, in: .nanoseconds)))
  }

  func duration(_ field: String) throws(WireError) -> Duration {
    .nanoseconds(Int64(try number(field, in: .nanoseconds)))
  }
}

extension UInt64 {
  /// An epoch that has a next one: `Epoch.next` must never overflow.
  func epoch(_ field: String = "epoch") throws(WireError) -> Epoch {
    guard self <= UInt64(Int64.max) else {
      throw .outOfRange(field: field, found: "\(self)", allowed: "0 to \(Int64.max)")
    }
    return Epoch(rawValue: self)
  }
}

extension Double {
  /// Board seconds per wall second; far enough from 0 and infinity that a scaled instant still fits an `Int64`.
  func speed(_ field: String = "speed") throws(WireError) -> Double {
    guard (1e-6...1e6).contains(self) else {
      throw .outOfRange(field: field, found: "\(self)", allowed: "0.000001 to 1000000")
    }
    return self
  }
}

extension String {
  func name<Kind: Name>(_ field: String) throws(WireError) -> Kind {
    guard let name = Kind(self) else {
      throw .outOfRange(field: field, found: "'\(prefix(80))'", allowed: "a name: 1 to 64 of A-Z a-z 0-9 . _ -")
    }
    return name
  }

  /// A text of as many UTF-8 bytes as `range` allows.
  func text(_ field: String, in range: ClosedRange<Int> = .textByteCount) throws(WireError) -> String {
    guard range.contains(utf8.count) else {
      throw .outOfRange(field: field, found: "\(utf8.count) bytes", allowed: "\(range.inWords) bytes")
    }
    return self
  }

  /// A client's own name for a request.
  func idempotencyKey(_ field: String = "idempotency_key") throws(WireError) -> String {
    try text(field, in: 1...MessageLimits.idempotencyKeyByteCount)
  }

  func endpoint(_ field: String) throws(WireError) -> String {
    do { _ = try Endpoint(self) } catch {
      throw .outOfRange(field: field, found: "'\(prefix(80))'", allowed: "tcp://host:port")
    }
    return self
  }
}

extension Data {
  func digest(_ field: String) throws(WireError) -> Digest {
    guard count == Digest.byteCount, let digest = Digest(bytes: [UInt8](self)) else {
      throw .outOfRange(field: field, found: "\(count) bytes", allowed: "the \(Digest.byteCount) bytes of a SHA-256")
    }
    return digest
  }

  /// A manifest, checked as its author's was.
  func manifest<Value: ManifestValue>(_ field: String) throws(WireError) -> Value {
    guard count <= Limits.manifestByteCount else {
      throw .outOfRange(field: field, found: "\(count) bytes", allowed: "0 to \(Limits.manifestByteCount) bytes")
    }
    do { return try Value(manifest: [UInt8](self)) } catch { throw .badManifest(field: field, error) }
  }

  init(_ digest: Digest) { self.init(digest.bytes) }
}

extension [Data] {
  /// The images that a job was resolved to.
  func imageIDs(_ field: String) throws(WireError) -> [ImageID] {
    try list(field, in: 0...Limits.imagesPerBoard) { (bytes) throws(WireError) in
      ImageID(rawValue: try bytes.digest(""))
    }
  }
}

// The ranges of the schema that several fields share.
extension ClosedRange<Int> {
  /// How many items of a batch.
  static var itemCount: Self { 0...Limits.itemsPerBatch }
  /// Where an item stands in its batch.
  static var itemPosition: Self { 0...Limits.itemsPerBatch - 1 }
  /// The length of a blob, or a position in it.
  static var blobByteCount: Self { 0...Limits.blobByteCount }
  /// A count that nothing but its type bounds.
  static var anyCount: Self { 0...Int.max }
  /// Time: 73 years, so that the sum of two still fits an `Int64`.
  static var nanoseconds: Self { 0...1 << 61 }
  /// The length of a text for people.
  static var textByteCount: Self { 0...Refusal.maximumTextByteCount }
  /// The positions that slots can have.
  static var slot: Self { 0...Limits.slotsPerBoard - 1 }
  /// How many jobs in one list.
  ///
  /// An agent may for a while hold more than it runs: those that are sealed.
  static var jobs: Self { 0...MessageLimits.jobsPerStatus }
  /// How many boards in one list.
  static var boards: Self { 0...1024 }
  /// How many items a checkpoint keeps: every ring of an application full.
  static var savedItems: Self { 0...Limits.edgesPerApplication * Limits.itemsPerRing }

  var inWords: String { "\(lowerBound) to \(upperBound)" }
}
