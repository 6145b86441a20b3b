public import Digests
public import Fabric

/// Follows an audit log line by line, and finds where the first was changed, taken out or put in.
///
/// A line that was changed shows at the one after it, whose SHA-256 then is another's. A chain cannot tell that its oldest or
/// newest lines were taken away: the number of its first tells how many came before, and
/// whoever must know the end keeps ``lastDigest`` elsewhere.
public struct AuditChain: Sendable {
  /// The newest entry.
  public private(set) var last: AuditEntry?
  /// The SHA-256 of the newest entry's line.
  public private(set) var lastDigest: Digest?
  /// The lines that were followed.
  public private(set) var count = 0

  public init() {}

  /// Takes the next line in, without its line feed; O(its bytes).
  ///
  /// The first one may be any that is whole, since older files of a log are not kept for ever.
  public mutating func follow(_ line: some Collection<UInt8>) throws(AuditError) -> AuditEntry {
    guard line.count <= AuditEntry.maximumByteCount else {
      throw .malformed(line: count + 1, "it has \(line.count) bytes, more than \(AuditEntry.maximumByteCount)")
    }
    let entry: AuditEntry
    do { entry = try AuditEntry(line: line) } catch { throw .malformed(line: count + 1, "it is no entry") }
    let expected = (number: (last?.number).map { $0 + 1 }, digest: lastDigest)
    if let number = expected.number, entry.number != number {
      throw .outOfOrder(line: count + 1, expected: number, found: entry.number)
    }
    let before = expected.digest ?? (entry.number == 1 ? .ofNothingBefore : entry.previous)
    guard entry.previous == before else {
      throw .chainBroken(line: count + 1, expected: before, found: entry.previous)
    }
    last = entry
    lastDigest = Digest(of: Array(line))
    count += 1
    return entry
  }

  /// Takes all lines of a file in; O(its bytes).
  ///
  /// - Throws: ``AuditError/torn(byteCount:)`` where the last line has no end, and what ``follow(_:)`` throws.
  public mutating func follow(file bytes: [UInt8], each body: (AuditEntry) -> Void = { _ in }) throws(AuditError) {
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      body(try follow(rest[..<end]))
      rest = rest[rest.index(after: end)...]
    }
    guard rest.isEmpty else { throw .torn(byteCount: rest.count) }
  }
}

/// What is wrong with an audit log; lines count from 1 over all files that were read.
public enum AuditError: TesseraError, Hashable, Codable {
  case malformed(line: Int, String)
  case outOfOrder(line: Int, expected: Int, found: Int)
  case chainBroken(line: Int, expected: Digest, found: Digest)
  case torn(byteCount: Int)

  public var code: String {
    switch self {
    case .malformed: "audit.malformed"
    case .outOfOrder: "audit.outOfOrder"
    case .chainBroken: "audit.chainBroken"
    case .torn: "audit.torn"
    }
  }
  public var message: String {
    switch self {
    case .malformed(let line, let reason): "line \(line) cannot be read: \(reason)"
    case .outOfOrder(let line, let expected, let found):
      "line \(line) is entry \(found), where \(expected) comes next"
    case .chainBroken(let line, let expected, let found):
      "line \(line) follows \(found), but the line before it has the SHA-256 \(expected): one of the two was changed"
    case .torn(let count): "the last line breaks off after \(count) bytes"
    }
  }
  public var hint: String {
    switch self {
    case .malformed, .outOfOrder, .chainBroken:
      "the log was changed or damaged there: keep it as it is, and find out by whom"
    case .torn: "an agent that runs is writing, so try again; one that was killed cuts the line off at its next start"
    }
  }
}
