internal import Digests
internal import Fabric

/// A key that `image keygen` made.
struct KeyReport: Report {
  let key: String
  let file: String

  var table: Table { Table(line: key) }
}

/// What `image sign` signed.
struct SignReport: Report {
  struct Signed: Encodable {
    let image: String
    let file: String
  }
  let key: String
  let signatures: [Signed]

  var table: Table {
    var table = Table("IMAGE", "SIGNATURE")
    for signed in signatures { table.add(signed.image, signed.file) }
    return table
  }
}

/// The keys that a store trusts.
struct TrustedKeysReport: Report {
  struct Key: Encodable {
    let key: String
    let publishers: [String]
    let slotKinds: [SlotKind]
  }
  let keys: [Key]

  init(_ keys: [TrustedKey]) {
    self.keys = keys.map { Key(key: $0.key.text, publishers: $0.publishers.map(\.text), slotKinds: $0.slotKinds) }
  }

  var table: Table {
    var table = Table("KEY", "SLOTS", "PUBLISHERS")
    for key in keys {
      table.add(
        key.key, key.slotKinds.map(\.rawValue).joined(separator: ","), key.publishers.joined(separator: ","))
    }
    return table
  }
}
