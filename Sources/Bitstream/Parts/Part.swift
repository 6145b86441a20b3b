/// The geometry of a device: which configuration frames it has, and where.
///
/// Frames are numbered by *ordinal*, 0 ..< `frameCount`: die by die, in a die block type 0 (logic and routing) before
/// block type 1 (memory contents), then in the order of their addresses: row by row, in a row column by column. The JSON
/// form is `{"name": "...", "device": "0x05F5A0FF", "rows": 8, "columns": [76, 76, ...]}`, frames per column of each
/// row, with `"memoryColumns": [256, ...]` for block type 1 and `"furtherDies": [{"device", "rows", ...}, ...]` where
/// there are any.
public struct Part: Sendable, Hashable {
  /// The words of 32 bits in a frame of an UltraScale+ device.
  public static let wordsPerFrame = 93
  /// The most frames a part may have, above the largest device known (304,528).
  public static let maximumFrameCount = 1 << 20
  /// The most dies a part may have, above the largest device known (4).
  public static let maximumDieCount = 8
  /// The most bytes in a part's name.
  public static let maximumNameLength = 64

  /// The part's name, as in field b of a .bit file (there, `-` and package and speed may follow).
  public let name: String
  /// The dies, in the order in which a stream configures them: the first by the outermost stream.
  public let dies: [Die]
  /// The number of frames of the part.
  public let frameCount: Int
  /// The frames by die and block type, in the order of their ordinals; none empty.
  private let blocks: [FrameBlock]

  /// Describes a part of one die or several.
  ///
  /// - Throws: `BitstreamError.invalidPart` unless the name has 1 to 64 printable ASCII bytes, there are 1 to
  ///   `maximumDieCount` dies, and not more than `maximumFrameCount` frames in all.
  public init(name: String, dies: [Die]) throws(BitstreamError) {
    guard 1...Self.maximumNameLength ~= name.utf8.count, name.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw .invalidPart("its name has \(name.utf8.count) bytes; 1 to 64 printable ASCII characters are needed")
    }
    guard 1...Self.maximumDieCount ~= dies.count else {
      throw .invalidPart("it has \(dies.count) dies; 1 to \(Self.maximumDieCount) are possible")
    }
    let total = dies.reduce(0) { $0 + $1.frameCount }
    guard total <= Self.maximumFrameCount else {
      throw .invalidPart("it has \(total) frames; at most \(Self.maximumFrameCount) are possible")
    }
    var blocks: [FrameBlock] = []
    for (index, die) in dies.enumerated() {
      for (blockType, columns) in [die.columns, die.memoryColumns].enumerated() where !columns.isEmpty {
        blocks.append(
          FrameBlock(
            die: index, blockType: blockType, firstFrame: blocks.last?.frames.upperBound ?? 0, rows: die.rows,
            columns: columns))
      }
    }
    (self.name, self.dies, self.blocks, frameCount) = (name, dies, blocks, total)
  }

  /// Describes a part of one die.
  ///
  /// - Throws: `BitstreamError.invalidPart` as ``init(name:dies:)`` and ``Die`` do.
  public init(
    name: String, device: DeviceID, rows: Int, columns: [Int], memoryColumns: [Int] = []
  ) throws(BitstreamError) {
    try self.init(
      name: name, dies: [Die(device: device, rows: rows, columns: columns, memoryColumns: memoryColumns)])
  }

  /// The IDCODE of the first die, which is that of the device.
  public var device: DeviceID { dies[0].device }
  /// The number of rows of the first die.
  public var rows: Int { dies[0].rows }
  /// The number of frames of each column of a row of the first die, block type 0.
  public var columns: [Int] { dies[0].columns }
  /// The number of frames of block type 0 in each row of the first die.
  public var framesPerRow: Int { blocks[0].framesPerRow }

  /// The ordinals of the frames of a row of the first die, block type 0; nil for a row that it does not have.
  public func frames(inRow row: Int) -> Range<Int>? { blocks[0].frames(inRow: row) }

  /// The ordinals of the frames of neighbouring columns of one row; nil where the part lacks one of them; O(dies).
  public func frames(die: Int, blockType: Int, row: Int, columns: ClosedRange<Int>) -> Range<Int>? {
    block(ofType: blockType, die: die)?.frames(inRow: row, columns: columns)
  }

  /// The ordinals of all frames of the row in which a frame lies, of its die and block type, at the end of which a block
  /// of frame data takes a second pad frame; nil if the part has no such ordinal; O(dies).
  public func row(ofFrame ordinal: Int) -> Range<Int>? {
    guard let block = block(ofFrame: ordinal) else { return nil }
    return block.frames(inRow: (ordinal - block.firstFrame) / block.framesPerRow)
  }

  /// The die of a frame, as an index of `dies`, or nil if the part has no such ordinal; O(dies).
  public func die(ofFrame ordinal: Int) -> Int? { block(ofFrame: ordinal)?.die }

  /// The address of a frame on its die, or nil if the part has no such ordinal; O(dies + log columns).
  public func address(ofFrame ordinal: Int) -> FrameAddress? {
    block(ofFrame: ordinal)?.address(ofFrame: ordinal)
  }

  /// The ordinal of the frame at an address of a die, or nil if there is none; O(dies).
  public func frame(at address: FrameAddress, die: Int = 0) -> Int? {
    guard !address.usesReservedBits else { return nil }
    return block(ofType: address.block, die: die)?.frame(at: address)
  }

  private func block(ofFrame ordinal: Int) -> FrameBlock? { blocks.first { $0.frames.contains(ordinal) } }

  private func block(ofType type: Int, die: Int) -> FrameBlock? {
    blocks.first { $0.die == die && $0.blockType == type }
  }
}

extension Part: Codable {
  private enum CodingKeys: String, CodingKey { case name, furtherDies }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let further = try container.decodeIfPresent([Die].self, forKey: .furtherDies) ?? []
    try self.init(name: container.decode(String.self, forKey: .name), dies: [Die(from: decoder)] + further)
  }

  /// The first die's keys stand beside the name; what a part does not have is left out.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try dies[0].encode(to: encoder)
    if dies.count > 1 { try container.encode(Array(dies.dropFirst()), forKey: .furtherDies) }
  }
}
