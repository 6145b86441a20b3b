internal import Bitstream

/// One slot of a board's JSON text.
struct SlotEntry: ManifestObject {
  enum Key: String, ManifestKey { case kind, rows, area, partialByteCount }

  /// What is known of a slot's geometry.
  enum Geometry {
    /// Whole rows of the part.
    case rows([Int])
    /// How large its partials are, and perhaps some columns of some rows.
    case partialByteCount(Int, AreaEntry?)
  }
  let kind: SlotKind
  let geometry: Geometry

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    kind = try fields.value(.kind)
    switch (fields.optional(.rows), fields.optional(.partialByteCount)) {
    case (nil, let byteCount?):
      geometry = .partialByteCount(
        try byteCount.integer(in: 1...Limits.partialByteCount), try fields.optionalValue(.area))
    case (_?, _?): throw fields.fault(.badShape, "only one of 'rows' and 'partialByteCount' is possible")
    case (_, nil):
      guard fields.optional(.area) == nil else {
        throw fields.fault(.badShape, "an 'area' needs the 'partialByteCount' of its partials, and no 'rows'")
      }
      // A Big slot is two Little by area.
      let count = kind == .little ? 1 : 2
      geometry = .rows(try fields.integers(.rows, count: count...count, in: 0...Part.maximumFrameCount))
    }
  }

  var statedByteCount: Int? { if case .partialByteCount(let count, _) = geometry { count } else { nil } }

  /// What stands for it in the text that a shell's id is the digest of.
  var canonicalText: String {
    switch geometry {
    case .rows(let rows): rows.sorted().map(String.init).joined(separator: " ")
    case .partialByteCount(let count, nil): "bytes \(count)"
    case .partialByteCount(let count, let area?): "bytes \(count) \(area.canonicalText)"
    }
  }

  /// The runs of frames that it is made of, each with the place that names it, under the slot's own.
  func frames(of part: Part, at place: String) throws(ManifestError) -> [(place: String, frames: Range<Int>)] {
    switch geometry {
    case .rows(let rows):
      return try rows.enumerated().map { position, row throws(ManifestError) in
        let place = "\(place).rows[\(position)]"
        guard let frames = part.frames(inRow: row) else {
          throw ManifestError(.outOfRange, at: place, "there is no row \(row); the part has \(part.rows)")
        }
        return (place, frames)
      }
    case .partialByteCount(_, nil): return []
    case .partialByteCount(_, let area?):
      return try area.frames(of: part, at: "\(place).area").map { ("\(place).area", $0) }
    }
  }
}

/// Neighbouring columns of some rows of one die.
struct AreaEntry: ManifestObject {
  enum Key: String, ManifestKey { case die, rows, columns, memoryColumns }
  let die: Int
  let rows: [Int]
  let columns: ClosedRange<Int>
  let memoryColumns: ClosedRange<Int>?

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    die = try fields.optional(.die)?.integer(in: 0...Part.maximumDieCount - 1) ?? 0
    rows = try fields.integers(.rows, count: 1...FrameAddress.rowLimit, in: 0...FrameAddress.rowLimit - 1)
    columns = try Self.run(fields.item(.columns))
    memoryColumns = try fields.optional(.memoryColumns).map { item throws(ManifestError) in try Self.run(item) }
  }

  var canonicalText: String {
    var text = "die \(die) rows \(rows.sorted().map(String.init).joined(separator: " "))"
    text += " columns \(columns.lowerBound) \(columns.upperBound)"
    if let memoryColumns { text += " memoryColumns \(memoryColumns.lowerBound) \(memoryColumns.upperBound)" }
    return text
  }

  func frames(of part: Part, at place: String) throws(ManifestError) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for (blockType, columns) in [columns, memoryColumns].enumerated() {
      guard let columns else { continue }
      for row in rows {
        guard let frames = part.frames(die: die, blockType: blockType, row: row, columns: columns) else {
          throw ManifestError(
            .outOfRange, at: place,
            "the part has no columns \(columns.lowerBound) to \(columns.upperBound) of block type \(blockType) in row "
              + "\(row) of die \(die)")
        }
        result.append(frames)
      }
    }
    return result
  }

  /// The first and the last column.
  private static func run(_ item: ManifestItem) throws(ManifestError) -> ClosedRange<Int> {
    let ends = try item.elements(count: 2...2).map { end throws(ManifestError) in
      try end.integer(in: 0...FrameAddress.columnLimit - 1)
    }
    guard ends[0] <= ends[1] else { throw item.fault(.badShape, "the first column is after the last") }
    return ends[0]...ends[1]
  }
}
