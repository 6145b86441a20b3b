/// The geometry of a device: which frames of logic and routing it has, and where.
///
/// Frames are numbered by *ordinal*, 0 ..< `frameCount`, in the order of their addresses: row by row, in a row column
/// by column. Only block type 0 is numbered. The JSON form is
/// `{"name": "...", "device": "0x05F5A0FF", "rows": 8, "columns": [76, 76, ...]}`: frames per column of each row.
public struct Part: Sendable, Hashable {
  /// The words of 32 bits in a frame of an UltraScale+ device.
  public static let wordsPerFrame = 93
  /// The most frames a part may have, above the largest device known (304,528).
  public static let maximumFrameCount = 1 << 20
  /// The most bytes in a part's name.
  public static let maximumNameLength = 64

  /// The part's name, as in field b of a .bit file (there, `-` and package and speed may follow).
  public let name: String
  /// The IDCODE that a bitstream for this part states.
  public let device: DeviceID
  /// The number of rows.
  public let rows: Int
  /// The number of frames (minors) of each column of a row.
  public let columns: [Int]
  /// The ordinal within a row at which each column begins.
  private let columnStarts: [Int]

  /// The number of frames in each row.
  public let framesPerRow: Int
  /// The number of frames of the part.
  public var frameCount: Int { rows * framesPerRow }

  /// Describes a part.
  ///
  /// - Throws: `BitstreamError.invalidPart` unless the name has 1 to 64 printable ASCII bytes, there are 1 to 64 rows,
  ///   1 to 1024 columns of 1 to 256 frames, and not more than `maximumFrameCount` frames in all.
  public init(name: String, device: DeviceID, rows: Int, columns: [Int]) throws(BitstreamError) {
    guard 1...Self.maximumNameLength ~= name.utf8.count, name.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw .invalidPart("its name has \(name.utf8.count) bytes; 1 to 64 printable ASCII characters are needed")
    }
    guard 1...FrameAddress.rowLimit ~= rows else {
      throw .invalidPart("it has \(rows) rows; 1 to \(FrameAddress.rowLimit) are possible")
    }
    guard 1...FrameAddress.columnLimit ~= columns.count else {
      throw .invalidPart("it has \(columns.count) columns; 1 to \(FrameAddress.columnLimit) are possible")
    }
    if let wrong = columns.firstIndex(where: { !(1...FrameAddress.minorLimit ~= $0) }) {
      throw .invalidPart("column \(wrong) has \(columns[wrong]) frames; 1 to \(FrameAddress.minorLimit) are possible")
    }
    var starts: [Int] = []
    var total = 0
    for minors in columns {
      starts.append(total)
      total += minors
    }
    guard rows * total <= Self.maximumFrameCount else {
      throw .invalidPart("it has \(rows * total) frames; at most \(Self.maximumFrameCount) are possible")
    }
    self.name = name
    self.device = device
    self.rows = rows
    self.columns = columns
    self.columnStarts = starts
    self.framesPerRow = total
  }

  /// The ordinals of a row's frames, which are consecutive; nil for a row that the part does not have.
  public func frames(inRow row: Int) -> Range<Int>? {
    guard 0..<rows ~= row else { return nil }
    return row * framesPerRow..<(row + 1) * framesPerRow
  }

  /// The address of a frame, or nil if the part has no such ordinal; O(log columns).
  public func address(ofFrame ordinal: Int) -> FrameAddress? {
    guard 0..<frameCount ~= ordinal else { return nil }
    let (row, inRow) = ordinal.quotientAndRemainder(dividingBy: framesPerRow)
    let column = lastColumn(startingAtOrBefore: inRow)
    return FrameAddress(block: 0, row: row, column: column, minor: inRow - columnStarts[column])
  }

  /// The ordinal of the frame at an address, or nil if the part has no frame of block type 0 there; O(1).
  public func frame(at address: FrameAddress) -> Int? {
    guard
      !address.usesReservedBits, address.block == 0, address.row < rows,
      address.column < columns.count, address.minor < columns[address.column]
    else { return nil }
    return address.row * framesPerRow + columnStarts[address.column] + address.minor
  }

  private func lastColumn(startingAtOrBefore ordinal: Int) -> Int {
    var low = 0
    var high = columnStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if columnStarts[middle] <= ordinal { low = middle } else { high = middle }
    }
    return low
  }
}

extension Part: Codable {
  private enum CodingKeys: String, CodingKey { case name, device, rows, columns }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      name: container.decode(String.self, forKey: .name),
      device: container.decode(DeviceID.self, forKey: .device),
      rows: container.decode(Int.self, forKey: .rows),
      columns: container.decode([Int].self, forKey: .columns))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(device, forKey: .device)
    try container.encode(rows, forKey: .rows)
    try container.encode(columns, forKey: .columns)
  }
}
