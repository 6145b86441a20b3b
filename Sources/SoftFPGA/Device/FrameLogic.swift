internal import Bitstream

/// What an emulated device does with the packets that it decodes: frames into its memory, and bits of its status.
///
/// It places frames with code of its own, as trusting as silicon: it compares the IDCODE and the CRC, and writes whatever
/// frames a stream names. Data pass through a buffer of one frame: each frame but a block's last goes to memory, two
/// pad frames after a row's last one go nowhere, and MFWR writes the buffer once more; so does an address while MFW is the
/// command, for a device executes its command again whenever FAR is loaded. Words for a die that the part does not have
/// go nowhere. The packet decoder, the CRC and the part's geometry are the verifier's own.
struct FrameLogic: Sendable, PacketSink {
  /// What the command register says of frame data.
  private enum Mode { case idle, writing, repeating }

  /// What happens when a CRC matches, or at DESYNC.
  private enum Sequence { case none, shutdown, startup }

  /// Where frame data go next.
  private enum Place {
    case memory(ordinal: Int, rowEnd: Int)
    /// Behind the last frame of a row: so many pad frames more, then on with the next row.
    case rowEnd(padCount: Int, next: Int)
    case nowhere
  }

  /// What the stream of one die has said so far.
  private struct Stream {
    var isIdentified = false
    var mode = Mode.idle
    var sequence = Sequence.none
    var place = Place.nowhere
  }

  let part: Part
  /// The words of all frames of the part, one after the other.
  private var memory: [UInt32]
  private(set) var status = ConfigurationStatus.operating
  private(set) var isSynchronized = false
  private var stream = Stream()
  /// The streams around this one: as many as there are dies before its own.
  private var outerStreams: [Stream] = []
  /// The words that the current block still has.
  private var blockWordCount = 0
  /// How many words of the current frame have come.
  private var wordInFrame = 0
  /// The last frame of a block, which MFWR repeats.
  private var buffer = [UInt32](repeating: 0, count: Part.wordsPerFrame)

  /// Zeroed memory, reserved and touched: a first write into fresh pages takes several times as long.
  init(part: Part) {
    self.part = part
    memory = Array(repeating: 0, count: part.frameCount * Part.wordsPerFrame)
  }

  /// The words of frames; empty for ordinals that the part does not have.
  func words(ofFrames frames: Range<Int>) -> [UInt32] {
    guard frames.lowerBound >= 0, frames.upperBound <= part.frameCount else { return [] }
    return Array(memory[frames.lowerBound * Part.wordsPerFrame..<frames.upperBound * Part.wordsPerFrame])
  }

  /// Sets the status bits of what stopped the stream; they stay until the next sync word, CRC_ERROR until RCRC.
  mutating func note(_ fault: BitstreamError) {
    switch fault {
    case .crcMismatch:
      status.insert(.crcError)
      status.subtract([.initComplete, .initPin])
    case .wrongDevice, .deviceNotNamed: status.insert(.idError)
    default: status.insert(.badPacketError)
    }
  }

  /// Goes back to the search for the sync word of the first die's stream.
  mutating func reset() {
    isSynchronized = false
    stream = Stream()
    outerStreams = []
    blockWordCount = 0
  }

  mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    switch event {
    case .synchronized:
      isSynchronized = true
      stream = Stream()
      status.subtract([.idError, .securityError, .badPacketError])
    case .write(.far, let value): setAddress(FrameAddress(rawValue: value))
    case .write(.idcode, let value): try identify(DeviceID(rawValue: value))
    case .command(let command): obey(command)
    case .frameDataBegins(let count):
      guard stream.isIdentified else { throw .deviceNotNamed(wordOffset: wordOffset) }
      blockWordCount = count
      wordInFrame = 0
    case .multipleFrameWrite:
      guard stream.isIdentified else { throw .deviceNotNamed(wordOffset: wordOffset) }
      repeatFrame()
    case .crcChecked(let check):
      guard check.isMatch else { throw .crcMismatch(check) }
      endSequence()
    case .nestedStream:
      outerStreams.append(stream)
      stream = Stream()
    case .nestedStreamEnded: stream = outerStreams.popLast() ?? Stream()
    case .desynchronized:
      endSequence()
      isSynchronized = !outerStreams.isEmpty
      stream = Stream()
    case .malformed(let error): throw error
    case .brokenOff: throw .malformedPacket("a word that belongs before a stream stands inside", wordOffset: wordOffset)
    case .filler, .stray, .noOperations, .irregularPacket, .write, .read: break
    }
  }

  mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {
    var index = 0
    while index < words.count, blockWordCount > 0 {
      let count = min(Part.wordsPerFrame - wordInFrame, words.count - index, blockWordCount)
      let isLast = blockWordCount <= Part.wordsPerFrame - wordInFrame
      put(words.extracting(index..<index + count), isLast: isLast)
      index += count
      blockWordCount -= count
      wordInFrame += count
      guard wordInFrame == Part.wordsPerFrame else { continue }
      wordInFrame = 0
      if !isLast { advance() }
    }
  }

  private mutating func put(_ words: Span<UInt32>, isLast: Bool) {
    let offset = wordInFrame
    if isLast {
      var buffer = self.buffer.mutableSpan
      for index in words.indices { buffer[offset + index] = words[index] }
    } else if stream.mode == .writing, case .memory(let ordinal, _) = stream.place {
      let start = ordinal * Part.wordsPerFrame + offset
      var memory = self.memory.mutableSpan
      for index in words.indices { memory[start + index] = words[index] }
    }
  }

  private mutating func advance() {
    switch stream.place {
    case .nowhere: break
    case .memory(let ordinal, let rowEnd):
      let next = ordinal + 1
      stream.place = next < rowEnd ? .memory(ordinal: next, rowEnd: rowEnd) : .rowEnd(padCount: 2, next: next)
    case .rowEnd(let padCount, let next):
      stream.place = padCount > 1 ? .rowEnd(padCount: padCount - 1, next: next) : place(of: next)
    }
  }

  private func place(of ordinal: Int?) -> Place {
    guard let ordinal, let row = part.row(ofFrame: ordinal) else { return .nowhere }
    return .memory(ordinal: ordinal, rowEnd: row.upperBound)
  }

  private mutating func identify(_ stated: DeviceID) throws(BitstreamError) {
    let die = outerStreams.count
    guard die < part.dies.count else { return stream.isIdentified = true }
    guard stated.matches(part.dies[die].device) else {
      throw .wrongDevice(expected: part.dies[die].device, actual: stated)
    }
    stream.isIdentified = true
  }

  /// Takes a value of FAR, and obeys the last command once more, as UG570 says (chapter 9, command register).
  ///
  /// Of the commands that are modelled only MFW does more when it comes again.
  private mutating func setAddress(_ address: FrameAddress) {
    stream.place = place(of: part.frame(at: address, die: outerStreams.count))
    if stream.isIdentified { repeatFrame() }
  }

  private mutating func repeatFrame() {
    guard stream.mode == .repeating, case .memory(let ordinal, _) = stream.place else { return }
    let start = ordinal * Part.wordsPerFrame
    memory.replaceSubrange(start..<start + Part.wordsPerFrame, with: buffer)
  }

  /// UG570 chapter 9, table "Command Register Codes".
  private mutating func obey(_ command: ConfigurationCommand) {
    stream.mode = .idle
    switch command {
    case .wcfg: stream.mode = .writing
    case .mfw: stream.mode = .repeating
    case .rcrc:
      status.remove(.crcError)
      status.formUnion([.initComplete, .initPin])
    case .aghigh: status.remove(.interconnectActive)
    case .lfrm: status.insert(.interconnectActive)
    case .shutdown: stream.sequence = .shutdown
    case .start: stream.sequence = .startup
    default: break
    }
  }

  private mutating func endSequence() {
    switch stream.sequence {
    case .none: break
    case .shutdown: status.subtract([.endOfStartup, .writesEnabled])
    case .startup: status.formUnion([.endOfStartup, .writesEnabled])
    }
    stream.sequence = .none
  }
}
