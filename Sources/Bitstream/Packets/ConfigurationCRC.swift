/// The CRC that the configuration logic keeps over the words written to its registers.
///
/// A reflected CRC-32C (Castagnoli, polynomial 0x82F63B78) that begins at zero and is not inverted at the end. Each
/// written word enters as 37 bits, lowest first: its 32 bits, then the five of the register's address. Words written to
/// the register CRC itself do not enter. Found from, and verified by, all CRC words of 330 real partial bitstreams.
public struct ConfigurationCRC: Sendable, Hashable {
  /// The CRC of the words so far.
  public private(set) var value: UInt32 = 0

  /// Begins at zero.
  public init() {}

  /// Goes back to zero, as the command RCRC and every comparison do.
  public mutating func reset() { value = 0 }

  /// Takes one written word, in O(1).
  public mutating func update(word: UInt32, register: ConfigurationRegister) {
    let tables = Self.tables.span
    value = Self.term(of: value ^ word, atStep: 0, in: tables) ^ Self.addressTerms[Int(register.rawValue & 31)]
  }

  /// Takes words written one after the other to the same register, in O(`words.count`).
  ///
  /// Four words a step, whose look-ups do not wait for one another: what a word adds is moved on by the 37 bits of each
  /// word after it. The tables are 16 KiB, half of a small first-level cache.
  public mutating func update(words: Span<UInt32>, register: ConfigurationRegister) {
    let tables = Self.tables.span
    let addressTerm = Self.addressTerms[Int(register.rawValue & 31)]
    let addressTermOfFour = Self.addressTermsOfFour[Int(register.rawValue & 31)]
    let wholeSteps = words.count & ~3
    var crc = value
    var index = 0
    while index < wholeSteps {
      crc =
        Self.term(of: crc ^ words[unchecked: index], atStep: 3, in: tables)
        ^ Self.term(of: words[unchecked: index + 1], atStep: 2, in: tables)
        ^ Self.term(of: words[unchecked: index + 2], atStep: 1, in: tables)
        ^ Self.term(of: words[unchecked: index + 3], atStep: 0, in: tables) ^ addressTermOfFour
      index += 4
    }
    while index < words.count {
      crc = Self.term(of: crc ^ words[index], atStep: 0, in: tables) ^ addressTerm
      index += 1
    }
    value = crc
  }

  /// Takes words written one after the other to the same register, in O(`words.count`).
  public mutating func update(words: [UInt32], register: ConfigurationRegister) {
    update(words: words.span, register: register)
  }

  private static let polynomial: UInt32 = 0x82F6_3B78

  /// The state after `count` zero bits.
  ///
  /// It is linear: the state after other bits is that of (state XOR bits).
  private static func advance(_ state: UInt32, bits count: Int) -> UInt32 {
    var state = state
    for _ in 0..<count { state = state & 1 == 0 ? state >> 1 : state >> 1 ^ polynomial }
    return state
  }

  /// What a word (or state XOR word) adds to the state after `step` more words.
  ///
  /// No index can leave the tables: they have 4096 entries, a step is 0 to 3, and a byte below 256.
  @inline(__always)
  private static func term(of word: UInt32, atStep step: Int, in tables: Span<UInt32>) -> UInt32 {
    tables[unchecked: 1024 * step + Int(word & 0xFF)]
      ^ tables[unchecked: 1024 * step + 256 + Int(word >> 8 & 0xFF)]
      ^ tables[unchecked: 1024 * step + 512 + Int(word >> 16 & 0xFF)]
      ^ tables[unchecked: 1024 * step + 768 + Int(word >> 24)]
  }

  /// What byte k of a word adds after its own 37 bits and those of `step` more words, at [1024 step + 256 k + byte].
  ///
  /// By linearity all of them add up by XOR.
  private static let tables: [UInt32] = (0..<4).flatMap { (step: Int) in
    (0..<4).flatMap { (byte: UInt32) in
      (0..<256).map { (value: UInt32) in advance(value << (8 * byte), bits: 37 * (step + 1)) }
    }
  }

  /// What a register's address adds: it enters as the last five bits.
  private static let addressTerms: [UInt32] = (0..<32).map { (address: UInt32) in advance(address, bits: 5) }

  /// What the addresses of four words to one register add.
  private static let addressTermsOfFour: [UInt32] = (0..<32).map { (address: UInt32) in
    (0..<4).reduce(0) { $0 ^ advance(address, bits: 5 + 37 * $1) }
  }
}

/// One comparison of a CRC that a bitstream asks for.
public struct CRCCheck: Sendable, Hashable, Codable {
  /// Where the stored CRC stands, in words from the first word given to the decoder.
  public let wordOffset: Int
  /// The CRC in the bitstream.
  public let stored: UInt32
  /// The CRC of the words before it.
  public let computed: UInt32

  /// Records one comparison.
  public init(wordOffset: Int, stored: UInt32, computed: UInt32) {
    (self.wordOffset, self.stored, self.computed) = (wordOffset, stored, computed)
  }

  /// Whether the two agree.
  public var isMatch: Bool { stored == computed }
}
