/// Writes partial bitstreams for one region, such as a slot, of one part: the same content, the same bytes.
public struct PartialWriter: Sendable {
  /// The part.
  public let part: Part
  /// The frames to write: sorted, disjoint, none empty.
  public let region: [Range<Int>]
  /// The number of frames to write.
  public var frameCount: Int { region.reduce(0) { $0 + $1.count } }

  /// Writes `region`, ranges of frame ordinals of `part` in any order.
  ///
  /// - Throws: `BitstreamError.invalidContent` if the region is empty or not wholly in the part.
  public init(part: Part, region: [Range<Int>]) throws(BitstreamError) {
    self.part = part
    self.region = region.mergedRuns
    guard let first = self.region.first, let last = self.region.last else {
      throw .invalidContent("the region has no frames")
    }
    guard first.lowerBound >= 0, last.upperBound <= part.frameCount else {
      throw .invalidContent(
        "the region reaches from frame \(first.lowerBound) to \(last.upperBound - 1); "
          + "the part has 0 to \(part.frameCount - 1)")
    }
  }

  /// The .bit file that writes frames from a closure, in O(frames).
  ///
  /// - Parameters:
  ///   - design: The design's name, for the container; printable ASCII without `;`.
  ///   - frame: The `Part.wordsPerFrame` words of the frame that is the n-th of the region, n from 0.
  /// - Returns: The bytes of the file.
  /// - Throws: `BitstreamError.invalidContent` at a frame of another size or an unfit name.
  public func partial(design: String, frame: (Int) -> [UInt32]) throws(BitstreamError) -> [UInt8] {
    guard !design.contains(";") else { throw .invalidContent("the design's name holds ';'") }
    var stream = PacketStream(reservingWords: Part.wordsPerFrame * (frameCount + 2 * blocks.count))
    stream.begin(device: part.device)
    var position = 0
    for block in blocks {
      guard let address = part.address(ofFrame: block.lowerBound) else { continue }
      let padCount = block.upperBound % part.framesPerRow == 0 ? 2 : 1
      stream.beginFrames(at: address, frameCount: block.count + padCount)
      for _ in block {
        let words = frame(position)
        guard words.count == Part.wordsPerFrame else {
          throw .invalidContent(
            "frame \(position) of the region has \(words.count) words; \(Part.wordsPerFrame) are needed")
        }
        stream.appendFrameData(words)
        position += 1
      }
      stream.appendFrameData(Array(repeating: 0, count: padCount * Part.wordsPerFrame))
    }
    stream.end()
    return try BitFile(
      design: "\(design);PARTIAL=TRUE", part: part.name, date: Self.date, time: Self.time,
      payload: WordOrder.bigEndian.bytes(of: stream.words)
    ).serialized
  }

  /// The .bit file that writes the given words, frame after frame, in O(`words.count`).
  ///
  /// - Throws: `BitstreamError.invalidContent` unless there are `frameCount` times `Part.wordsPerFrame` words.
  public func partial(design: String, words: [UInt32]) throws(BitstreamError) -> [UInt8] {
    let size = Part.wordsPerFrame
    guard words.count == frameCount * size else {
      throw .invalidContent("\(words.count) words are given; the region needs \(frameCount * size)")
    }
    return try partial(design: design) { Array(words[$0 * size..<($0 + 1) * size]) }
  }

  /// The region cut at the ends of rows, for a block of frame data stays in one.
  private var blocks: [Range<Int>] {
    region.flatMap { run in
      (run.lowerBound / part.framesPerRow...(run.upperBound - 1) / part.framesPerRow).map { row in
        run.clamped(to: row * part.framesPerRow..<(row + 1) * part.framesPerRow)
      }
    }
  }

  // Constant, so that a partial's digest depends on its content alone.
  private static let date = "1980/01/01"
  private static let time = "00:00:00"
}

/// The words of one configuration stream, with the CRC of what they write.
private struct PacketStream {
  private(set) var words: [UInt32] = []
  private var crc = ConfigurationCRC()

  init(reservingWords count: Int) { words.reserveCapacity(count + 256) }

  /// Dummy words and bus width as real files have them, then sync word, CRC reset and IDCODE.
  mutating func begin(device: DeviceID) {
    words += Array(repeating: PacketHeader.dummyWord, count: 16)
    words += PacketHeader.busWidthWords
    words += [PacketHeader.dummyWord, PacketHeader.dummyWord, PacketHeader.syncWord]
    appendNoOperations(1)
    append(.rcrc)
    crc.reset()
    appendNoOperations(2)
    append(device.rawValue, to: .idcode)
  }

  mutating func beginFrames(at address: FrameAddress, frameCount: Int) {
    append(address.rawValue, to: .far)
    append(.wcfg)
    appendNoOperations(1)
    words.append(PacketHeader.write(.fdri, wordCount: 0).word)
    words.append(PacketHeader.longWrite(wordCount: frameCount * Part.wordsPerFrame).word)
  }

  mutating func appendFrameData(_ data: [UInt32]) {
    words += data
    crc.update(words: data, register: .fdri)
  }

  /// Restore, last frame, start, park address, CRC and DESYNC, in the order of real partials.
  mutating func end() {
    append(.grestore)
    appendNoOperations(1)
    append(.lfrm)
    appendNoOperations(20)
    append(.start)
    appendNoOperations(1)
    append(FrameAddress.park.rawValue, to: .far)
    words.append(PacketHeader.write(.crc, wordCount: 1).word)
    words.append(crc.value)
    crc.reset()
    append(.desync)
    appendNoOperations(16)
  }

  private mutating func append(_ command: ConfigurationCommand) { append(command.rawValue, to: .cmd) }

  private mutating func append(_ word: UInt32, to register: ConfigurationRegister) {
    words.append(PacketHeader.write(register, wordCount: 1).word)
    words.append(word)
    crc.update(word: word, register: register)
  }

  private mutating func appendNoOperations(_ count: Int) {
    words += Array(repeating: PacketHeader.noOperationWord, count: count)
  }
}
