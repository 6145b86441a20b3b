internal import Bitstream

/// Containers and inspection.
enum BitstreamChecks {
  static func bit(_ bytes: [UInt8]) throws(Disagreement) {
    guard let file = try? BitFile(parsing: bytes) else { return }
    try Disagreement.unless(file.serialized == bytes, "a .bit file is not written as it was read")
  }

  static func bin(_ bytes: [UInt8]) throws(Disagreement) {
    guard let file = try? BinFile(parsing: bytes[...]) else { return }
    let words = (try? file.order.words(of: bytes)) ?? []
    try Disagreement.unless(file.order.bytes(of: words) == bytes, "a .bin file's words are not its bytes")
  }

  static func xclbin(_ bytes: [UInt8]) throws(Disagreement) {
    let file = try? Xclbin(parsing: bytes)
    var end = 0
    for section in (file?.sections ?? []).sorted(by: { $0.byteRange.lowerBound < $1.byteRange.lowerBound })
    where !section.byteRange.isEmpty {
      try Disagreement.unless(section.byteRange.lowerBound >= end, "sections of an xclbin overlap")
      end = section.byteRange.upperBound
    }
    try Disagreement.unless(end <= bytes.count, "a section ends outside its file")
    try inspection(bytes)
  }

  static func inspection(_ bytes: [UInt8]) throws(Disagreement) {
    let inspection = BitstreamInspection(of: bytes)
    do {
      _ = try BitstreamFile(parsing: bytes)
    } catch {
      try Disagreement.unless(inspection.fault != nil, "inspection finds no fault where reading throws \(error)")
    }
    for word in inspection.crcWords.items {
      try Disagreement.unless(word.offset + 4 <= bytes.count, "a CRC word is outside its file")
    }
    let mismatches = inspection.crcWords.items.count { !$0.check.isMatch }
    try Disagreement.unless(
      mismatches <= inspection.crcMismatchCount
        && (inspection.crcMismatchCount > 0) == (inspection.firstCRCMismatch != nil),
      "the wrong CRCs are counted wrongly")
  }
}
