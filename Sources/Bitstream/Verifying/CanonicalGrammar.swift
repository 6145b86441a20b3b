/// The one form in which partials are accepted: that of the tools that write them.
///
/// A device ignores words between streams and NOOPs between packets, and so neither frames nor CRC notice a change there.
/// The grammar does: it knows which fill words stand where and how many, and which streams make a whole partial. Its
/// numbers were counted in 330 partials of Vivado 2019.1 and, for MFWR, in seven compressed whole-device files of Vivado
/// 2021-2022, all UltraScale+; `PartialWriter` writes the same, with a shorter run after the sync word.
struct CanonicalGrammar: Sendable {
  /// The NOOPs between a sync word and RCRC: ours, and the vendor's.
  private static let (ourRunAfterSync, vendorsRunAfterSync) = (1, 132)
  /// The NOOPs after a stream.
  private static let runAfterStream = 16
  /// The NOOPs between a CRC and the next packet but DESYNC, which follows at once.
  private static let runAfterCRC = 20
  /// The NOOPs after commands; none after the others.
  private static let runs: [ConfigurationCommand: Int] = [
    .rcrc: 2, .wcfg: 1, .mfw: Repetition.noOperationsAfterCommand, .shutdown: 1, .aghigh: 100, .grestore: 1, .lfrm: 20,
    .start: 1,
  ]

  /// What stands before or after a run of NOOPs.
  private enum Step: Sendable, Equatable {
    case sync, desync, data, frameRepeat, groupEnd, nested
    case write(ConfigurationRegister)
    case command(ConfigurationCommand)
  }

  /// The streams of one die.
  private struct Level: Sendable {
    var place = Place.leadIn(position: 0)
    var order = StreamOrder()
    var controls = ControlBits()
  }

  private enum Place: Sendable {
    /// Before a sync word, after so many words of the lead-in.
    case leadIn(position: Int)
    /// After a step inside a stream, and so many NOOPs.
    case inside(after: Step, noOperations: Int)
    /// After a stream and so many NOOPs.
    case between(noOperations: Int)
  }

  private var level = Level()
  private var outerLevels: [Level] = []
  /// The first MFWR of a group has another run before it than the others.
  private var isFirstRepeat = false
  /// Where the frame of the last MFWR lies, for the run after it.
  private var lastAddress = FrameAddress.park

  /// - Throws: `BitstreamError.notCanonical`.
  mutating func check(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    switch event {
    case .stray(let word): throw .notCanonical("\(word.hexadecimal) stands outside streams", wordOffset: wordOffset)
    case .filler(let word): try fill(word, at: wordOffset)
    case .synchronized: try synchronize(at: wordOffset)
    case .noOperations(let count): addNoOperations(count)
    case .irregularPacket(let register, let count):
      throw .notCanonical("a packet of \(count) words to \(register)", wordOffset: wordOffset)
    case .write(.mfwr, let word):
      throw .notCanonical("\(word.hexadecimal) is written to MFWR", wordOffset: wordOffset)
    case .write(let register, let value):
      try advance(to: .write(register), at: wordOffset)
      try require(level.order.accepts(register), "a write of \(register)", at: wordOffset)
      level.controls.write(value, to: register)
      if register == .far { try take(FrameAddress(rawValue: value), at: wordOffset) }
    case .crcChecked:
      try advance(to: .write(.crc), at: wordOffset)
      try require(level.order.accepts(.crc), "a CRC", at: wordOffset)
    case .read(let register, _): try advance(to: .write(register), at: wordOffset)
    case .command(let command): try take(command, at: wordOffset)
    case .frameDataBegins:
      try advance(to: .data, at: wordOffset)
      try require(level.order.acceptsFrames, "a block of frames", at: wordOffset)
    case .multipleFrameWrite(let count):
      guard count == Repetition.dummyWords.count else {
        throw .notCanonical(
          "\(count) words to MFWR instead of \(Repetition.dummyWords.count)", wordOffset: wordOffset)
      }
      try advance(to: .frameRepeat, at: wordOffset)
      isFirstRepeat = false
    case .nestedStream:
      try advance(to: .nested, at: wordOffset)
      outerLevels.append(level)
      level = Level()
    case .nestedStreamEnded:
      try finishLevel(at: wordOffset)
      level = outerLevels.popLast() ?? Level()
    case .desynchronized: try desynchronize(at: wordOffset)
    case .brokenOff: throw .notCanonical("a stream ends without DESYNC", wordOffset: wordOffset)
    case .malformed(let error): throw error
    }
  }

  /// Checks that all streams are there, after the last word.
  ///
  /// - Throws: `BitstreamError.notCanonical`.
  func finish(at wordOffset: Int) throws(BitstreamError) { try finishLevel(at: wordOffset) }

  private mutating func fill(_ word: UInt32, at wordOffset: Int) throws(BitstreamError) {
    if case .between(let count) = level.place {
      if word == PacketHeader.noOperationWord {
        level.place = .between(noOperations: count + 1)
        return
      }
      try checkRunAfterStream(count, at: wordOffset)
      level.place = .leadIn(position: 0)
    }
    guard case .leadIn(let position) = level.place, position < PacketHeader.leadIn.count,
      word == PacketHeader.leadIn[position]
    else { throw .notCanonical("\(word.hexadecimal) does not belong before a stream", wordOffset: wordOffset) }
    level.place = .leadIn(position: position + 1)
  }

  private mutating func synchronize(at wordOffset: Int) throws(BitstreamError) {
    switch level.place {
    case .leadIn(PacketHeader.leadIn.count): break
    // The stream that carries the words for the next die has no lead-in.
    case .between(let count) where level.order.isComplete: try checkRunAfterStream(count, at: wordOffset)
    default:
      throw .notCanonical(
        "other words stand before a sync word than 16 dummies, bus width and 2 dummies", wordOffset: wordOffset)
    }
    level.place = .inside(after: .sync, noOperations: 0)
  }

  private mutating func addNoOperations(_ added: Int) {
    guard case .inside(let step, let count) = level.place else { return }
    level.place = .inside(after: step, noOperations: count + added)
  }

  private mutating func take(_ command: ConfigurationCommand, at wordOffset: Int) throws(BitstreamError) {
    if command == .null, case .inside(.frameRepeat, _) = level.place {
      return try advance(to: .groupEnd, at: wordOffset)
    }
    if command == .rcrc { try begin(at: wordOffset) }
    try advance(to: .command(command), at: wordOffset)
    try require(level.order.take(command), command.description, at: wordOffset)
    if command == .mfw { isFirstRepeat = true }
  }

  /// Tells by the run after the sync word whose stream this is.
  private mutating func begin(at wordOffset: Int) throws(BitstreamError) {
    guard case .inside(.sync, let count) = level.place else { return }
    try require(
      level.order.begin(isVendors: count == Self.vendorsRunAfterSync), "this stream", at: wordOffset)
  }

  private mutating func desynchronize(at wordOffset: Int) throws(BitstreamError) {
    try advance(to: .desync, at: wordOffset)
    try require(level.order.end(), "the end of the stream", at: wordOffset)
    level.place = .between(noOperations: 0)
  }

  private func finishLevel(at wordOffset: Int) throws(BitstreamError) {
    guard level.order.isComplete else {
      throw .notCanonical("the streams that end here are not a whole partial", wordOffset: wordOffset)
    }
    guard level.controls.areRestored else {
      throw .notCanonical("CTL0 bit 8 or CTL1 bit 17 is left set", wordOffset: wordOffset)
    }
    switch level.place {
    case .between(let count): try checkRunAfterStream(count, at: wordOffset)
    case .inside(.nested, noOperations: 0): break
    default: throw .notCanonical("words follow the last stream", wordOffset: wordOffset)
    }
  }

  /// Goes on to a step inside a stream, if the right run of NOOPs lies before it.
  private mutating func advance(to next: Step, at wordOffset: Int) throws(BitstreamError) {
    guard case .inside(let last, let count) = level.place else { return }
    guard isRun(count, between: last, and: next) else {
      throw .notCanonical("after \(count) NOOPs stands what does not belong there", wordOffset: wordOffset)
    }
    level.place = .inside(after: next, noOperations: 0)
  }

  /// Whether so many NOOPs lie between two steps of a stream that follow one another.
  private func isRun(_ count: Int, between last: Step, and next: Step) -> Bool {
    switch (last, next) {
    case (.sync, .command(.rcrc)): count == Self.ourRunAfterSync || count == Self.vendorsRunAfterSync
    case (.sync, .nested): count == 0 && level.order.isComplete
    case (.sync, _), (_, .command(.rcrc)), (_, .nested), (.nested, _): false
    // Every address is one that is written to, or the park address. The last command is given again with each.
    case (.write(.far), .frameRepeat): count == (isFirstRepeat ? Repetition.noOperationsAfterFirstAddress : 1)
    case (.write(.far), .command(.wcfg)): count == 0
    case (.write(.far), .write(.crc)): count == 0 && lastAddress == .park
    case (.write(.far), _): false
    case (.command(.wcfg), .data): count == 1
    case (.command(.mfw), .write(.far)): count == Repetition.noOperationsAfterCommand
    case (.command(.wcfg), _), (.command(.mfw), _): false
    case (.write(.crc), .desync): count == 0
    case (.write(.crc), _): count == Self.runAfterCRC
    case (.frameRepeat, .write(.far)), (.frameRepeat, .groupEnd):
      count == Repetition.noOperations(afterBlock: lastAddress.block)
    case (.frameRepeat, _): false
    case (.groupEnd, _): count == 1
    case (.command(let command), _): count == Self.runs[command] ?? 0
    default: count == 0
    }
  }

  private func checkRunAfterStream(_ count: Int, at wordOffset: Int) throws(BitstreamError) {
    guard count == Self.runAfterStream else {
      throw .notCanonical("\(count) NOOPs follow a stream instead of \(Self.runAfterStream)", wordOffset: wordOffset)
    }
  }

  private mutating func take(_ address: FrameAddress, at wordOffset: Int) throws(BitstreamError) {
    guard !address.usesReservedBits else {
      throw .notCanonical("the address \(address) uses reserved bits", wordOffset: wordOffset)
    }
    if address == .park { try require(level.order.park(), "the park address", at: wordOffset) }
    lastAddress = address
  }

  private func require(
    _ isInPlace: Bool, _ what: @autoclosure () -> String, at wordOffset: Int
  ) throws(BitstreamError) {
    guard isInPlace else { throw .notCanonical("\(what()) stands out of order", wordOffset: wordOffset) }
  }
}
