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
/// inside a row; pad frames end each block; MFWR repeats the last frame) and those of a slot: only allowed frames are
/// written, a CRC covers all that is written before the stream ends, and only what a ``ConfigurationPolicy`` allows is
/// used. The words for a further die are that die's, with its IDCODE. The first breach is thrown; frames written before it
/// stay written, as in a device.
///
/// Pads: the data pass through a buffer of one frame, so the last frame of a block stays in it. It is zero, a pad, unless
/// MFW follows: then each MFWR writes it to the current address. A block that reaches the last frame of its row has
/// another frame of zeros before that (both measured in real files).
public struct FrameWriter<Destination: FrameDestination>: PacketSink {
  /// What the stream of a die has said so far.
  private struct StreamState {
    var isIdentified = false
    /// The last command if it writes frames: WCFG or MFW.
    var command: ConfigurationCommand?
    var address: FrameAddress?
    var hasUncheckedWrites = false
  }

  private enum Block {
    case none
    case data(next: Int, end: Int, zeroWords: Int)
    /// Zeros between the last frame of a row and the frame that stays in the buffer.
    case zeros(remainingWords: Int)
    case last
  }

  /// What the frame in the buffer may turn out to be.
  private enum Buffer {
    case empty
    /// The last frame of a block that began or ended there: a pad by the words after it, or one to be repeated.
    case undecided(wordOffset: Int, canPad: Bool, canRepeat: Bool)
    case repeating
  }

  /// The part whose frames are addressed.
  public let part: Part
  /// The frames that may be written: sorted, disjoint, none empty.
  public let allowedFrames: [Range<Int>]
  /// Where the frames go.
  public var destination: Destination

  private var policy: PolicyCheck
  private var stream = StreamState()
  private var outerStreams: [StreamState] = []
  private var block = Block.none
  private var buffer = Buffer.empty
  /// The last frame of a block.
  private var bufferedFrame: [UInt32] = []
  /// The words of a frame that the stream's pieces cut in two.
  private var cutFrame: [UInt32] = []

  /// Begins with no device named, writing only `allowedFrames`, which may be in any order and overlap.
  public init(
    part: Part, allowedFrames: [Range<Int>], policy: ConfigurationPolicy = .slot, destination: Destination
  ) {
    self.part = part
    self.allowedFrames = allowedFrames.mergedRuns
    self.policy = PolicyCheck(policy)
    self.destination = destination
    cutFrame.reserveCapacity(Part.wordsPerFrame)
    bufferedFrame.reserveCapacity(Part.wordsPerFrame)
  }

  public mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    switch event {
    case .noOperations, .filler, .stray, .irregularPacket: return
    case .malformed(let error): throw error
    case .brokenOff: throw .malformedPacket("a word that belongs before a stream stands inside", wordOffset: wordOffset)
    case .command(.mfw): break
    default: try settleBuffer()
    }
    try policy.check(event, at: wordOffset)
    switch event {
    case .noOperations, .filler, .stray, .irregularPacket, .read, .malformed, .brokenOff: break
    case .synchronized: stream = StreamState()
    case .write(let register, let value): try handleWrite(of: value, to: register)
    case .command(let command): try handleCommand(command, at: wordOffset)
    case .frameDataBegins(let count): try beginBlock(wordCount: count, at: wordOffset)
    case .multipleFrameWrite: try repeatFrame(at: wordOffset)
    case .crcChecked(let check):
      guard check.isMatch else { throw .crcMismatch(check) }
      stream.hasUncheckedWrites = false
    case .nestedStream:
      try requireChecked(at: wordOffset)
      guard outerStreams.count + 1 < part.dies.count else {
        throw .forbidden("the stream of another die", wordOffset: wordOffset)
      }
      outerStreams.append(stream)
      stream = StreamState()
    case .nestedStreamEnded:
      try requireChecked(at: wordOffset)
      stream = outerStreams.popLast() ?? StreamState()
    case .desynchronized: try requireChecked(at: wordOffset)
    }
  }

  public mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {
    var index = 0
    while index < words.count {
      let rest = words.extracting(index..<words.count)
      switch block {
      case .none: throw .malformedPacket("frame data outside a block", wordOffset: wordOffset + index)
      case .data(let next, let end, let zeroWords):
        guard let taken = takeFrame(next, from: rest) else { return }
        index += taken
        if next + 1 < end {
          block = .data(next: next + 1, end: end, zeroWords: zeroWords)
        } else {
          block = zeroWords > 0 ? .zeros(remainingWords: zeroWords) : .last
        }
      case .zeros(let remaining):
        let count = min(remaining, rest.count)
        try requireZeros(rest.extracting(first: count), at: wordOffset + index)
        index += count
        block = count < remaining ? .zeros(remainingWords: remaining - count) : .last
      case .last:
        let count = min(Part.wordsPerFrame - bufferedFrame.count, rest.count)
        for position in 0..<count { bufferedFrame.append(rest[position]) }
        index += count
        if bufferedFrame.count == Part.wordsPerFrame { block = .none }
      }
    }
  }

  private mutating func handleWrite(
    of value: UInt32, to register: ConfigurationRegister
  ) throws(BitstreamError) {
    stream.hasUncheckedWrites = true
    switch register {
    case .far: stream.address = FrameAddress(rawValue: value)
    case .idcode:
      let (stated, expected) = (DeviceID(rawValue: value), part.dies[outerStreams.count].device)
      guard stated.matches(expected) else { throw .wrongDevice(expected: expected, actual: stated) }
      stream.isIdentified = true
    default: break
    }
  }

  private mutating func handleCommand(_ command: ConfigurationCommand, at wordOffset: Int) throws(BitstreamError) {
    stream.command = nil
    switch command {
    case .wcfg: stream.command = .wcfg
    case .mfw:
      guard case .undecided(_, _, canRepeat: true) = buffer else {
        throw .malformedPacket("MFW follows no frame that it could repeat", wordOffset: wordOffset)
      }
      buffer = .repeating
      stream.command = .mfw
      stream.address = nil
    case .rcrc:
      // Starting the CRC anew hides what was written before from the comparison to come.
      return try requireChecked(at: wordOffset)
    default: break
    }
    stream.hasUncheckedWrites = true
  }

  private mutating func beginBlock(wordCount: Int, at wordOffset: Int) throws(BitstreamError) {
    let first = try addressedFrame(after: .wcfg, at: wordOffset)
    let (frameCount, rest) = wordCount.quotientAndRemainder(dividingBy: Part.wordsPerFrame)
    guard rest == 0, frameCount > 0, let row = part.row(ofFrame: first) else {
      throw .malformedPacket("\(wordCount) words are not whole frames", wordOffset: wordOffset)
    }
    let toRowEnd = row.upperBound - first
    let written = min(frameCount - 1, toRowEnd)
    let zeroFrames = frameCount - 1 - written
    guard zeroFrames == (written == toRowEnd ? 1 : 0) else {
      throw .malformedPacket(
        "\(frameCount) frames from \(stream.address ?? .park) on do not end inside the row, nor at its end with two "
          + "pad frames", wordOffset: wordOffset)
    }
    let frames = first..<first + written
    try announce(frames.isEmpty ? first..<first + 1 : frames, isWritten: !frames.isEmpty)
    let zeroWords = zeroFrames * Part.wordsPerFrame
    block = frames.isEmpty ? .last : .data(next: first, end: frames.upperBound, zeroWords: zeroWords)
    bufferedFrame.removeAll(keepingCapacity: true)
    buffer = .undecided(
      wordOffset: wordOffset + 1 + (frameCount - 1) * Part.wordsPerFrame, canPad: written > 0,
      canRepeat: zeroFrames == 0)
  }

  private mutating func repeatFrame(at wordOffset: Int) throws(BitstreamError) {
    let frame = try addressedFrame(after: .mfw, at: wordOffset)
    try announce(frame..<frame + 1, isWritten: true)
    // Moved out, for the destination is written while the words are read.
    var words: [UInt32] = []
    swap(&words, &bufferedFrame)
    destination.write(words.span, toFrame: frame)
    swap(&words, &bufferedFrame)
  }

  /// The frame at the current address, which counts once: where the device's counter stands after a block, with its pads,
  /// is not documented, so each block names its own.
  private mutating func addressedFrame(
    after command: ConfigurationCommand, at wordOffset: Int
  ) throws(BitstreamError) -> Int {
    guard stream.isIdentified else { throw .deviceNotNamed(wordOffset: wordOffset) }
    guard stream.command == command else { throw .writeNotEnabled(wordOffset: wordOffset) }
    guard let address = stream.address, let frame = part.frame(at: address, die: outerStreams.count) else {
      throw .frameAddressUnknown(stream.address, wordOffset: wordOffset)
    }
    stream.hasUncheckedWrites = true
    return frame
  }

  private mutating func announce(_ frames: Range<Int>, isWritten: Bool) throws(BitstreamError) {
    stream.address = nil
    guard allowedFrames.contains(where: { $0.contains(frames) }) else {
      throw .frameOutsideRegion(frames: frames, region: allowedFrames)
    }
    if isWritten { try destination.willWrite(frames) }
  }

  /// Nothing repeats the frame in the buffer, so it was a pad.
  private mutating func settleBuffer() throws(BitstreamError) {
    guard case .undecided(let wordOffset, let canPad, _) = buffer else { return }
    guard canPad else {
      throw .malformedPacket("a block of one frame is followed by no MFW that would write it", wordOffset: wordOffset)
    }
    try requireZeros(bufferedFrame.span, at: wordOffset)
    buffer = .empty
  }

  private func requireZeros(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {
    for index in words.indices where words[index] != 0 {
      throw .padNotZero(word: words[index], wordOffset: wordOffset + index)
    }
  }

  private func requireChecked(at wordOffset: Int) throws(BitstreamError) {
    guard !stream.hasUncheckedWrites else { throw .crcMissing(wordOffset: wordOffset) }
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
