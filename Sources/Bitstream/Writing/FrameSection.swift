/// A stretch of a stream that does nothing but write frames, which may therefore be written in another way.
struct FrameSection {
  /// One block of frame data and, if any, the addresses at which its last frame is repeated.
  struct Unit {
    /// Its packets, by their indices.
    let packets: Range<Int>
    /// The words that it takes, by their offsets.
    let words: Range<Int>
    /// The address of its first frame.
    let address: FrameAddress
    /// The words of its frames, the last included, which is a pad or is repeated.
    let data: Range<Int>
    /// Where the last frame is written; empty if it is a pad.
    let repetitions: [FrameAddress]

    /// The number of frames, the last included.
    var count: Int { data.count / Part.wordsPerFrame }
    /// Where the words of the last frame begin.
    var lastFrame: Int { data.upperBound - Part.wordsPerFrame }
  }

  /// The units, none repeated or left out; at least one.
  let units: [Unit]

  /// Reads as many units as there are from a packet on; nil if there is none.
  init?(_ packets: [PlacedPacket], from start: Int, of words: [UInt32]) {
    var units: [Unit] = []
    var scanner = PacketScanner(packets: packets, words: words, index: start)
    while let unit = scanner.takeUnit() { units.append(unit) }
    guard !units.isEmpty else { return nil }
    self.units = units
  }
}

/// A packet and the offset at which it begins.
struct PlacedPacket {
  let packet: PacketCursor.Packet
  let offset: Int
}

/// A place in a list of packets.
private struct PacketScanner {
  let packets: [PlacedPacket]
  let words: [UInt32]
  var index: Int

  /// Takes FAR, WCFG, FDRI and, if MFW follows, its repetitions, as real files order them; at anything else it stays, and
  /// gives nil.
  mutating func takeUnit() -> FrameSection.Unit? {
    var next = self
    guard let address = next.takeWord(of: .far), next.take(.wcfg) else { return nil }
    next.skipNoOperations()
    guard let data = next.takePayload(of: .fdri), !data.isEmpty, data.count % Part.wordsPerFrame == 0 else {
      return nil
    }
    var repetitions: [FrameAddress] = []
    if next.take(.mfw) {
      guard next.takeRepetitions(into: &repetitions) else { return nil }
    }
    defer { self = next }
    return .init(
      packets: index..<next.index, words: offset..<next.offset, address: FrameAddress(rawValue: address), data: data,
      repetitions: repetitions)
  }

  private mutating func takeRepetitions(into addresses: inout [FrameAddress]) -> Bool {
    skipNoOperations()
    while let address = takeWord(of: .far) {
      skipNoOperations()
      guard let dummy = takePayload(of: .mfwr), dummy.count == Repetition.dummyWords.count else { return false }
      addresses.append(FrameAddress(rawValue: address))
      skipNoOperations()
    }
    guard !addresses.isEmpty, take(.null) else { return false }
    skipNoOperations()
    return true
  }

  /// Where the next packet begins; packets end with one outside streams, so there is one.
  private var offset: Int { index < packets.count ? packets[index].offset : words.count }

  private mutating func takePayload(of register: ConfigurationRegister) -> Range<Int>? {
    guard index < packets.count, case .write(register, let payload, _) = packets[index].packet else { return nil }
    index += 1
    return payload
  }

  private mutating func takeWord(of register: ConfigurationRegister) -> UInt32? {
    let start = index
    guard let payload = takePayload(of: register), payload.count == 1 else {
      index = start
      return nil
    }
    return words[payload.lowerBound]
  }

  private mutating func take(_ command: ConfigurationCommand) -> Bool {
    let start = index
    if takeWord(of: .cmd) == command.rawValue { return true }
    index = start
    return false
  }

  private mutating func skipNoOperations() {
    if index < packets.count, case .noOperations = packets[index].packet { index += 1 }
  }
}
