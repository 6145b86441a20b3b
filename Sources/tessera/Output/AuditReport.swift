internal import Digests
internal import Store

/// An audit log whose chain holds.
struct AuditReport: Report {
  let entries: [AuditEntry]
  /// The SHA-256 of the last line, which the next one will hold.
  let lastDigest: Nullable<Digest>

  init(_ entries: [AuditEntry], lastDigest: Digest?) {
    self.entries = entries
    self.lastDigest = Nullable(lastDigest)
  }

  var table: Table {
    var table = Table("#", "TIME", "EVENT", "SLOT", "JOB", "TENANT", "DETAIL")
    for entry in entries {
      let details = [
        entry.incarnation.map { "incarnation \($0)" }, entry.image.map { "image \($0)" },
        entry.partial.map { "partial \($0)" }, entry.byteCount.map { "\($0) bytes" },
        entry.code, entry.attempts.map { "\($0) attempts" },
      ]
      table.add(
        "\(entry.number)", entry.time, entry.event.rawValue, entry.slot.map(String.init) ?? "-", entry.job ?? "-",
        entry.tenant ?? "-", details.compactMap(\.self).joined(separator: ", "))
    }
    table.notes.append("\(entries.count) entries, each follows the one before it")
    if let first = entries.first, first.number > 1 {
      table.notes.append("begins at entry \(first.number): the \(first.number - 1) before it are not in these files")
    }
    if let digest = lastDigest.value { table.notes.append("SHA-256 of the last line: \(digest)") }
    return table
  }
}
