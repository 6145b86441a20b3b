internal import Store

/// An audit log that someone was handed.
enum AuditChecks {
  /// In two files it says the same as in one, and it does not hold with the first line changed, if another follows.
  static func log(_ bytes: [UInt8]) throws(Disagreement) {
    var whole = AuditChain()
    guard (try? whole.follow(file: bytes)) != nil, let end = bytes.firstIndex(of: newline) else { return }
    var pieces = AuditChain()
    let (first, rest) = (Array(bytes[...end]), Array(bytes[(end + 1)...]))
    let isTaken = (try? pieces.follow(file: first)) != nil && (try? pieces.follow(file: rest)) != nil
    try Disagreement.unless(
      isTaken && pieces.lastDigest == whole.lastDigest && pieces.count == whole.count,
      "an audit log in two files says something else than in one")
    guard !rest.isEmpty else { return }
    var changed = first
    changed[(first.count - 1) / 2] ^= 1
    var chain = AuditChain()
    try Disagreement.unless((try? chain.follow(file: changed + rest)) == nil, "a changed audit log holds")
  }

  private static let newline = UInt8(ascii: "\n")
}
