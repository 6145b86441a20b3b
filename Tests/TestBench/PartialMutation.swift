/// One way to damage a partial bitstream; reads packets on its own, sharing nothing with the product.
package enum PartialMutation: String, CaseIterable {
  /// One bit of a word of frame data, pads included.
  case frameDataBit = "a bit of frame data"
  /// One bit of another word that the CRC covers.
  case registerBit = "a bit of another covered word"
  /// One bit of a stored CRC.
  case crcBit = "a bit of a stored CRC"
  /// One bit of a packet's header.
  case headerBit = "a bit of a packet's header"
  /// One bit of a NOOP, dummy, bus width or sync word.
  case fillBit = "a bit of a fill word"
  /// One bit of the container before the words.
  case textBit = "a bit of the container's text"
  /// The words after some word are missing; the container says so too.
  case truncation = "words cut off"
  /// Two packets that differ have changed places.
  case swappedPackets = "two packets swapped"
  /// A packet stands there twice.
  case duplicatedPacket = "a packet twice"

  /// A run of words with one meaning, cut from a file.
  struct Piece {
    enum Kind: Equatable { case outside, noOperation, write(register: UInt32) }
    let kind: Kind
    /// Header and data.
    let words: Range<Int>
    let headerCount: Int

    var data: Range<Int> { words.dropFirst(headerCount) }
  }

  /// A file of words, read once and damaged many times.
  package struct Target {
    fileprivate let words: [UInt32]
    fileprivate let pieces: [Piece]

    /// Reads the words of a file that is whole.
    package init(words: [UInt32]) {
      self.words = words
      var pieces: [Piece] = []
      var (index, isInside) = (0, false)
      while index < words.count {
        let piece = Self.piece(words, at: index, isInside: isInside)
        pieces.append(piece)
        if !isInside { isInside = words[index] == 0xAA99_5566 }
        if piece.kind == .write(register: 4), words[piece.words.upperBound - 1] == 13 { isInside = false }
        index = piece.words.upperBound
      }
      self.pieces = pieces
    }

    private static func piece(_ words: [UInt32], at index: Int, isInside: Bool) -> Piece {
      let word = words[index]
      guard isInside else { return Piece(kind: .outside, words: index..<index + 1, headerCount: 1) }
      guard word >> 27 == 0b00110 else { return Piece(kind: .noOperation, words: index..<index + 1, headerCount: 1) }
      let register = word >> 13 & 31
      var (count, headerCount) = (Int(word & 0x7FF), 1)
      if count == 0, index + 1 < words.count, words[index + 1] >> 27 == 0b01010 {
        (count, headerCount) = (Int(words[index + 1] & 0x7FF_FFFF), 2)
      }
      return Piece(
        kind: .write(register: register), words: index..<index + headerCount + count, headerCount: headerCount)
    }
  }

  /// The file's words, damaged; nil for the one kind that leaves them alone.
  package func damaged(_ target: Target, using random: inout SeededRandom) -> [UInt32]? {
    var words = target.words
    switch self {
    case .frameDataBit: flip(&words, where: { $0.kind == .write(register: 2) }, \.data, target, &random)
    case .registerBit:
      flip(&words, where: { $0.kind.isCoveredRegister }, \.data, target, &random)
    case .crcBit: flip(&words, where: { $0.kind == .write(register: 0) }, \.data, target, &random)
    case .headerBit:
      flip(&words, where: { $0.kind.isWrite }, \.header, target, &random)
    case .fillBit: flip(&words, where: { !$0.kind.isWrite }, \.words, target, &random)
    case .textBit: return nil
    case .truncation: words.removeLast(Int.random(in: 1..<words.count, using: &random))
    case .swappedPackets: words = swapped(target, using: &random)
    case .duplicatedPacket:
      let packets = target.pieces.filter { $0.kind != .outside }
      guard let packet = packets.randomElement(using: &random) else { return nil }
      words.insert(contentsOf: words[packet.words], at: packet.words.upperBound)
    }
    return words
  }

  private func flip(
    _ words: inout [UInt32], where belongs: (Piece) -> Bool, _ part: (Piece) -> Range<Int>, _ target: Target,
    _ random: inout SeededRandom
  ) {
    let ranges = target.pieces.filter(belongs).map(part)
    var position = Int.random(in: 0..<ranges.reduce(0) { $0 + $1.count }, using: &random)
    for range in ranges {
      if position < range.count {
        words[range.lowerBound + position] ^= 1 << UInt32.random(in: 0..<32, using: &random)
        return
      }
      position -= range.count
    }
  }

  private func swapped(_ target: Target, using random: inout SeededRandom) -> [UInt32] {
    let packets = target.pieces.filter { $0.kind != .outside }
    while true {
      let (a, b) = (Int.random(in: packets.indices, using: &random), Int.random(in: packets.indices, using: &random))
      guard a != b else { continue }
      let (first, second) = (packets[min(a, b)].words, packets[max(a, b)].words)
      let words = target.words
      guard words[first] != words[second] else { continue }
      return Array(words[..<first.lowerBound]) + words[second] + words[first.upperBound..<second.lowerBound]
        + words[first] + words[second.upperBound...]
    }
  }
}

extension PartialMutation.Piece {
  var header: Range<Int> { words.prefix(headerCount) }
}

extension PartialMutation.Piece.Kind {
  var isWrite: Bool { if case .write = self { true } else { false } }

  /// Neither frame data nor CRC.
  var isCoveredRegister: Bool {
    if case .write(let register) = self { ![0, 2].contains(register) } else { false }
  }
}
