/// Writes the frames of a .bit or .bin file again in fewer words: whole devices' or partial, of any UltraScale+ device.
///
/// Equal frames of a row are stored once and repeated (`FramePlan`). Header, registers, commands and the order of all that
/// is not frame data stay; each CRC is computed again. A stretch of frames that would not shrink, or that is not written
/// as real tools write it, stays as it is, so the file never grows.
public struct BitstreamCompressor: Sendable {
  /// The part, or nil for a device of unknown geometry.
  public let part: Part?

  /// Compresses files for `part`.
  ///
  /// Without a part only files that are compressed already are compressed again, for only they name nearly every frame's
  /// address.
  public init(part: Part? = nil) { self.part = part }

  /// The same frames in a file that is no larger, in O(n log n) for n bytes.
  ///
  /// - Throws: `BitstreamError.crcMismatch`, `.wrongDevice`, and what is wrong with the container or the packets.
  public func compress(_ bytes: [UInt8]) throws(BitstreamError) -> [UInt8] {
    let payload = try ConfigurationPayload(parsing: bytes)
    let words = payload.words
    var emitter = PacketEmitter(reservingWords: words.count)
    try append(words, in: words.indices, die: 0, to: &emitter)
    let compressed = payload.order.bytes(of: emitter.words)
    guard let file = payload.container else { return compressed }
    return try BitFile(
      design: file.design, part: file.part, date: file.date, time: file.time, payload: compressed
    ).serialized
  }

  /// Writes the packets of one die's streams, and those of the next die inside them.
  private func append(
    _ words: [UInt32], in range: Range<Int>, die: Int, to emitter: inout PacketEmitter
  ) throws(BitstreamError) {
    let dieCount = part?.dies.count ?? Part.maximumDieCount
    guard die < dieCount else {
      throw .malformedPacket("a stream for die \(die) where \(dieCount) are possible", wordOffset: range.lowerBound)
    }
    let packets = try placedPackets(of: words, in: range)
    var state = FrameState()
    var index = 0
    while index < packets.count {
      if let section = FrameSection(packets, from: index, of: words) {
        append(section, packets, of: words, die: die, to: &emitter)
        index += section.units.reduce(0) { $0 + $1.packets.count }
        state = FrameState()
        continue
      }
      switch packets[index].packet {
      case .write(.crc, let payload, isLong: false) where payload.count == 1: emitter.appendCRC()
      case .write(.crc, let payload, _) where !payload.isEmpty:
        throw .malformedPacket("a CRC in a type 2 packet", wordOffset: payload.lowerBound)
      case .write(.idcode, let payload, _):
        try check(words[payload], die: die)
        emitter.append(packets[index].packet, from: words)
      case .nextDie(let inner):
        try emitter.appendNextDie { (emitter) throws(BitstreamError) in
          try append(words, in: inner, die: die + 1, to: &emitter)
        }
      case .write(let register, let payload, _):
        guard state.allows(register) else {
          throw .frameAddressUnknown(nil, wordOffset: payload.lowerBound)
        }
        emitter.append(packets[index].packet, from: words)
      case .outside, .noOperations: emitter.append(packets[index].packet, from: words)
      }
      index += 1
    }
  }

  private func placedPackets(of words: [UInt32], in range: Range<Int>) throws(BitstreamError) -> [PlacedPacket] {
    var packets: [PlacedPacket] = []
    var cursor = PacketCursor(words, in: range)
    var offset = cursor.offset
    while let packet = try cursor.next() {
      packets.append(PlacedPacket(packet: packet, offset: offset))
      offset = cursor.offset
    }
    return packets
  }

  private func check(_ payload: ArraySlice<UInt32>, die: Int) throws(BitstreamError) {
    guard let part, let word = payload.first else { return }
    let stated = DeviceID(rawValue: word)
    guard stated.matches(part.dies[die].device) else {
      throw .wrongDevice(expected: part.dies[die].device, actual: stated)
    }
  }

  /// Writes the units of a section: those between two whose frames are not certain in a new way, if that is shorter.
  private func append(
    _ section: FrameSection, _ packets: [PlacedPacket], of words: [UInt32], die: Int, to emitter: inout PacketEmitter
  ) {
    let resolver = part.map { FrameResolver.part($0, die: die) } ?? FrameResolver(namesIn: section)
    var frames: [(address: FrameAddress, wordOffset: Int)] = []
    var units: ArraySlice<FrameSection.Unit> = section.units[0..<0]
    func flush() {
      guard let first = units.first, let last = units.last else { return }
      if let placed = resolver?.placed(frames) {
        let plan = FramePlan(placed, words: words)
        if plan.wordCount(of: placed) < last.words.upperBound - first.words.lowerBound {
          emitter.append(plan, of: placed, from: words)
          return
        }
      }
      emitter.append(packets[first.packets.lowerBound..<last.packets.upperBound], from: words)
    }
    for (index, unit) in section.units.enumerated() {
      if let more = resolver?.frames(of: unit, in: words) {
        frames += more
        units = section.units[units.startIndex..<index + 1]
        continue
      }
      flush()
      emitter.append(packets[unit.packets], from: words)
      frames = []
      units = section.units[index + 1..<index + 1]
    }
    flush()
  }
}

/// Whether frame data outside sections still mean the same: they may not go on where a section left off.
private struct FrameState {
  private var hasAddress = false
  private var hasFrame = false

  mutating func allows(_ register: ConfigurationRegister) -> Bool {
    switch register {
    case .far: hasAddress = true
    case .fdri:
      hasFrame = true
      return hasAddress
    case .mfwr: return hasAddress && hasFrame
    default: break
    }
    return true
  }
}

extension PacketEmitter {
  fileprivate mutating func append(_ packets: ArraySlice<PlacedPacket>, from source: [UInt32]) {
    for placed in packets { append(placed.packet, from: source) }
  }
}
