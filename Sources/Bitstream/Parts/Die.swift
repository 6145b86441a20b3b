/// The geometry of one die of a device: which configuration frames it has, and where.
///
/// Rows count from the bottom, columns from the left, as in frame addresses; all rows of a die are equal.
public struct Die: Sendable, Hashable {
  /// The IDCODE that the stream for this die states.
  public let device: DeviceID
  /// The number of rows.
  public let rows: Int
  /// The number of frames (minors) of each column of a row: block type 0, logic and routing.
  public let columns: [Int]
  /// The number of frames of each column of a row's memory contents, block type 1; may be empty.
  public let memoryColumns: [Int]

  /// Describes a die.
  ///
  /// - Throws: `BitstreamError.invalidPart` unless there are 1 to 64 rows, 1 to 1024 columns and 0 to 1024 memory
  ///   columns, each of 1 to 256 frames.
  public init(
    device: DeviceID, rows: Int, columns: [Int], memoryColumns: [Int] = []
  ) throws(BitstreamError) {
    guard 1...FrameAddress.rowLimit ~= rows else {
      throw .invalidPart("it has \(rows) rows; 1 to \(FrameAddress.rowLimit) are possible")
    }
    guard !columns.isEmpty else {
      throw .invalidPart("it has 0 columns; 1 to \(FrameAddress.columnLimit) are possible")
    }
    for (kind, columns) in [("column", columns), ("memory column", memoryColumns)] {
      guard columns.count <= FrameAddress.columnLimit else {
        throw .invalidPart("it has \(columns.count) \(kind)s; at most \(FrameAddress.columnLimit) are possible")
      }
      let minors = 1...FrameAddress.minorLimit
      if let wrong = columns.firstIndex(where: { !(minors ~= $0) }) {
        throw .invalidPart("\(kind) \(wrong) has \(columns[wrong]) frames; 1 to \(minors.upperBound) are possible")
      }
    }
    (self.device, self.rows, self.columns, self.memoryColumns) = (device, rows, columns, memoryColumns)
  }

  /// The number of frames of block types 0 and 1, at most 33,554,432 by the limits above.
  public var frameCount: Int { rows * (columns.reduce(0, +) + memoryColumns.reduce(0, +)) }
}

extension Die: Codable {
  private enum CodingKeys: String, CodingKey { case device, rows, columns, memoryColumns }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      device: container.decode(DeviceID.self, forKey: .device), rows: container.decode(Int.self, forKey: .rows),
      columns: container.decode([Int].self, forKey: .columns),
      memoryColumns: container.decodeIfPresent([Int].self, forKey: .memoryColumns) ?? [])
  }

  /// Leaves out `memoryColumns` where there are none.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(device, forKey: .device)
    try container.encode(rows, forKey: .rows)
    try container.encode(columns, forKey: .columns)
    if !memoryColumns.isEmpty { try container.encode(memoryColumns, forKey: .memoryColumns) }
  }
}
