/// Where the frames of a configuration stream go.
public protocol FrameDestination {
  /// Learns that these frames, which are consecutive and all allowed, follow in order.
  ///
  /// - Throws: What makes them unacceptable; nothing of them is written then.
  mutating func willWrite(_ frames: Range<Int>) throws(BitstreamError)

  /// Takes the `Part.wordsPerFrame` words of one frame.
  mutating func write(_ words: Span<UInt32>, toFrame ordinal: Int)
}

/// Places the frame data of a configuration stream: what a device does between its packet decoder and its frames.
///
/// It follows the rules of the device (the IDCODE must match before any frame; WCFG must be given; the address counts up
/// inside a row; pad frames end each block) and those of a slot: only allowed frames are written, a CRC covers all that
/// is written before the stream ends, and only registers and commands that cannot reach outside a slot are used. The first
/// breach is thrown; frames written before it stay written, as in a device.
///
/// Pads: the data pass through a buffer, so a block carries one frame of zeros after those it writes, or two where it
/// reaches the last frame of its row (measured in real partials).
public struct FrameWriter<Destination: FrameDestination>: PacketSink {
  private enum Block {
    case none
    case data(next: Int, end: Int, padWords: Int)
    case padding(remainingWords: Int)
  }

  /// The part whose frames are addressed.
  public let part: Part
  /// The frames that may be written: sorted, disjoint, none empty.
  public let allowedFrames: [Range<Int>]
  /// Where the frames go.
  public var destination: Destination

  private var isIdentified = false
  private var isWriteEnabled = false
  private var address: FrameAddress?
  private var block = Block.none
  private var hasUncheckedWrites = false
  /// The words of a frame that the stream's pieces cut in two.
  private var cutFrame: [UInt32] = []

  /// Begins with no device named, writing only `allowedFrames`, which may be in any order and overlap.
  public init(part: Part, allowedFrames: [Range<Int>], destination: Destination) {
    self.part = part
    self.allowedFrames = allowedFrames.mergedRuns
    self.destination = destination
    cutFrame.reserveCapacity(Part.wordsPerFrame)
  }

  public mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    switch event {
    case .synchronized:
      isIdentified = false
      isWriteEnabled = false
      address = nil
    case .write(let register, let value):
      hasUncheckedWrites = true
      try handleWrite(of: value, to: register, at: wordOffset)
    case .command(let command): try handleCommand(command, at: wordOffset)
    case .frameDataBegins(let count): try beginBlock(wordCount: count, at: wordOffset)
    case .crcChecked(let check):
      guard check.isMatch else { throw .crcMismatch(check) }
      hasUncheckedWrites = false
    case .desynchronized:
      guard !hasUncheckedWrites else { throw .crcMissing(wordOffset: wordOffset) }
    case .read(let register, _): throw .forbidden("a read of \(register)", wordOffset: wordOffset)
    case .multipleFrameWrite: throw .forbidden("compression (MFWR)", wordOffset: wordOffset)
    case .nestedStream: throw .forbidden("the stream of another die", wordOffset: wordOffset)
    }
  }

  public mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {
    var index = 0
    while index < words.count {
      switch block {
      case .none: throw .malformedPacket("frame data outside a block", wordOffset: wordOffset + index)
      case .data(let next, let end, let padWords):
        guard let taken = takeFrame(next, from: words.extracting(index..<words.count)) else { return }
        index += taken
        block =
          next + 1 < end ? .data(next: next + 1, end: end, padWords: padWords) : .padding(remainingWords: padWords)
      case .padding(let remaining):
        let count = min(remaining, words.count - index)
        for position in index..<index + count where words[position] != 0 {
          throw .padNotZero(word: words[position], wordOffset: wordOffset + position)
        }
        index += count
        block = count < remaining ? .padding(remainingWords: remaining - count) : .none
      }
    }
  }

  private mutating func handleWrite(
    of value: UInt32, to register: ConfigurationRegister, at wordOffset: Int
  ) throws(BitstreamError) {
    switch register {
    case .far: address = FrameAddress(rawValue: value)
    case .idcode:
      let stated = DeviceID(rawValue: value)
      guard stated.matches(part.device) else { throw .wrongDevice(expected: part.device, actual: stated) }
      isIdentified = true
    // Shut-down, start-up and the masks around them, which partials of real tools write too.
    case .cor0, .ctl0, .ctl1, .mask: break
    default: throw .forbidden("a write of \(register)", wordOffset: wordOffset)
    }
  }

  private mutating func handleCommand(_ command: ConfigurationCommand, at wordOffset: Int) throws(BitstreamError) {
    switch command {
    case .wcfg: isWriteEnabled = true
    case .rcrc:
      // Starting the CRC anew hides what was written before from the comparison to come.
      guard !hasUncheckedWrites else { throw .crcMissing(wordOffset: wordOffset) }
      isWriteEnabled = false
      return
    case .null, .lfrm, .start, .aghigh, .grestore, .shutdown: isWriteEnabled = false
    default: throw .forbidden("the command \(command)", wordOffset: wordOffset)
    }
    hasUncheckedWrites = true
  }

  private mutating func beginBlock(wordCount: Int, at wordOffset: Int) throws(BitstreamError) {
    guard isIdentified else { throw .deviceNotNamed(wordOffset: wordOffset) }
    guard isWriteEnabled else { throw .writeNotEnabled(wordOffset: wordOffset) }
    guard let address, let first = part.frame(at: address) else {
      throw .frameAddressUnknown(address, wordOffset: wordOffset)
    }
    let (frameCount, rest) = wordCount.quotientAndRemainder(dividingBy: Part.wordsPerFrame)
    guard rest == 0, frameCount >= 2 else {
      throw .malformedPacket("\(wordCount) words are not whole frames and a pad frame", wordOffset: wordOffset)
    }
    let rowEnd = (first / part.framesPerRow + 1) * part.framesPerRow
    let padCount = first + frameCount - 2 == rowEnd ? 2 : 1
    let frames = first..<first + frameCount - padCount
    guard padCount == 2 || frames.upperBound < rowEnd else {
      throw .malformedPacket(
        "\(frameCount) frames from \(address) on do not end inside the row, nor at its end with two pad frames",
        wordOffset: wordOffset)
    }
    guard allowedFrames.contains(where: { $0.contains(frames) }) else {
      throw .frameOutsideRegion(frames: frames, region: allowedFrames)
    }
    try destination.willWrite(frames)
    block = .data(next: first, end: frames.upperBound, padWords: padCount * Part.wordsPerFrame)
    hasUncheckedWrites = true
    // The next block names its own address: where the device's counter stands after pads is not documented.
    self.address = nil
  }

  /// Writes one frame from the words at hand; returns how many of them it took, or nil if the frame is not whole yet.
  private mutating func takeFrame(_ ordinal: Int, from words: Span<UInt32>) -> Int? {
    let size = Part.wordsPerFrame
    if cutFrame.isEmpty, words.count >= size {
      destination.write(words.extracting(first: size), toFrame: ordinal)
      return size
    }
    let count = min(size - cutFrame.count, words.count)
    for index in 0..<count { cutFrame.append(words[index]) }
    guard cutFrame.count == size else { return nil }
    // Moved out, for the destination is written while the words are read.
    var frame: [UInt32] = []
    swap(&frame, &cutFrame)
    destination.write(frame.span, toFrame: ordinal)
    frame.removeAll(keepingCapacity: true)
    swap(&frame, &cutFrame)
    return count
  }
}

extension FrameWriter: Sendable where Destination: Sendable {}

extension [Range<Int>] {
  /// The same integers as sorted runs that neither overlap nor touch; O(n log n).
  var mergedRuns: [Range<Int>] {
    var runs: [Range<Int>] = []
    for range in filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = runs.last, range.lowerBound <= last.upperBound {
        runs[runs.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
      } else {
        runs.append(range)
      }
    }
    return runs
  }
}
