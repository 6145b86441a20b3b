/// The one form in which partials are accepted: that of the tools that write them.
///
/// A device ignores words between streams and NOOPs between packets, and so neither frames nor CRC notice a change there.
/// The grammar does: it knows which fill words stand where and how many, and which streams make a whole partial. Its
/// numbers were counted in 330 partials of Vivado 2019.1 and, for MFWR, in seven compressed whole-device files of Vivado
/// 2021-2022, all UltraScale+; `PartialWriter` writes the same, with a shorter run after the sync word.
struct CanonicalGrammar: Sendable {
  /// The NOOPs between a sync word and RCRC: ours, and the vendor's.
  private static let runsAfterSync: Set<Int> = [1, 132]
  /// The NOOPs after a stream.
  private static let runAfterStream = 16
  /// The NOOPs between a CRC and the next packet but DESYNC, which follows at once.
  private static let runAfterCRC = 20
  /// The NOOPs after an MFWR, by the block type of the frame that it wrote.
  private static let runsAfterRepeat = [2, 12]
  /// The words of one MFWR packet, dummies all of them.
  private static let repeatWordCount = 14
  /// The NOOPs after commands; none after the others.
  private static let runs: [ConfigurationCommand: Int] = [
    .rcrc: 2, .wcfg: 1, .mfw: 62, .shutdown: 1, .aghigh: 100, .grestore: 1, .lfrm: 20, .start: 1,
  ]

  /// What stands before or after a run of NOOPs.
  private enum Step: Sendable, Equatable {
    case sync, desync, data, frameRepeat, groupEnd, nested
    case write(ConfigurationRegister)
    case command(ConfigurationCommand)
  }

  /// What the streams of a die, so far, make up.
  private enum Progress: Sendable {
    /// Nothing yet; then, as vendor tools have it: frames with the slot held still, the shutdown, the frames, and the
    /// first again. Or, as ours, the frames alone.
    case nothing, prepared, shutDown, written, complete
  }

  /// The streams of one die.
  private struct Level: Sendable {
    var place = Place.leadIn(position: 0)
    var progress = Progress.nothing
    /// The current stream has given AGHIGH (it is the shutdown), or START (it brings the slot up).
    var shutsDown = false
    var starts = false
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
    case .noOperation: try addNoOperation(at: wordOffset)
    case .irregularPacket(let register, let count):
      throw .notCanonical("a packet of \(count) words to \(register)", wordOffset: wordOffset)
    case .write(.mfwr, let word):
      throw .notCanonical("\(word.hexadecimal) is written to MFWR", wordOffset: wordOffset)
    case .write(let register, let value):
      try advance(to: .write(register), at: wordOffset)
      if register == .far { try checkAddress(FrameAddress(rawValue: value), at: wordOffset) }
    case .crcChecked: try advance(to: .write(.crc), at: wordOffset)
    case .read(let register, _): try advance(to: .write(register), at: wordOffset)
    case .command(let command): try take(command, at: wordOffset)
    case .frameDataBegins: try advance(to: .data, at: wordOffset)
    case .multipleFrameWrite(let count):
      guard count == Self.repeatWordCount else {
        throw .notCanonical("\(count) words to MFWR instead of \(Self.repeatWordCount)", wordOffset: wordOffset)
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
    case .between(let count) where level.progress == .complete: try checkRunAfterStream(count, at: wordOffset)
    default:
      throw .notCanonical(
        "other words stand before a sync word than 16 dummies, bus width and 2 dummies", wordOffset: wordOffset)
    }
    level.place = .inside(after: .sync, noOperations: 0)
    (level.shutsDown, level.starts) = (false, false)
  }

  private mutating func addNoOperation(at wordOffset: Int) throws(BitstreamError) {
    guard case .inside(let step, let count) = level.place else { return }
    level.place = .inside(after: step, noOperations: count + 1)
  }

  private mutating func take(_ command: ConfigurationCommand, at wordOffset: Int) throws(BitstreamError) {
    if command == .null, case .inside(.frameRepeat, _) = level.place {
      return try advance(to: .groupEnd, at: wordOffset)
    }
    try advance(to: .command(command), at: wordOffset)
    switch command {
    case .mfw: isFirstRepeat = true
    case .aghigh: level.shutsDown = true
    case .start: level.starts = true
    default: break
    }
  }

  private mutating func desynchronize(at wordOffset: Int) throws(BitstreamError) {
    try advance(to: .desync, at: wordOffset)
    level.place = .between(noOperations: 0)
    switch (level.progress, level.shutsDown, level.starts) {
    case (.nothing, false, true): level.progress = .complete
    case (.nothing, false, false): level.progress = .prepared
    case (.prepared, true, false): level.progress = .shutDown
    case (.shutDown, false, true): level.progress = .written
    case (.written, false, false): level.progress = .complete
    default: throw .notCanonical("the stream that ends here stands out of order", wordOffset: wordOffset)
    }
  }

  private func finishLevel(at wordOffset: Int) throws(BitstreamError) {
    guard level.progress == .complete else {
      throw .notCanonical("the streams that end here are not a whole partial", wordOffset: wordOffset)
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
    case (.sync, .command(.rcrc)): Self.runsAfterSync.contains(count)
    case (.sync, .nested): count == 0 && level.progress == .complete
    case (.sync, _), (_, .command(.rcrc)), (_, .nested), (.nested, _): false
    case (.write(.far), .frameRepeat): count == (isFirstRepeat ? 12 : 1)
    case (.write(.crc), .desync): count == 0
    case (.write(.crc), _): count == Self.runAfterCRC
    case (.frameRepeat, _): count == Self.runsAfterRepeat[lastAddress.block == 0 ? 0 : 1]
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

  private mutating func checkAddress(_ address: FrameAddress, at wordOffset: Int) throws(BitstreamError) {
    guard !address.usesReservedBits else {
      throw .notCanonical("the address \(address) uses reserved bits", wordOffset: wordOffset)
    }
    lastAddress = address
  }
}
