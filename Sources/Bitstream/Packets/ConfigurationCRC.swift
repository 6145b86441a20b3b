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
    let mixed = value ^ word
    let tables = Self.tables
    value =
      tables[Int(mixed & 0xFF)] ^ tables[256 + Int(mixed >> 8 & 0xFF)] ^ tables[512 + Int(mixed >> 16 & 0xFF)]
      ^ tables[768 + Int(mixed >> 24)] ^ Self.addressTerms[Int(register.rawValue & 31)]
  }

  /// Takes words written one after the other to the same register, in O(`words.count`).
  public mutating func update(words: Span<UInt32>, register: ConfigurationRegister) {
    let addressTerm = Self.addressTerms[Int(register.rawValue & 31)]
    let tables = Self.tables.span
    var crc = value
    for index in words.indices {
      let mixed = crc ^ words[index]
      crc =
        tables[Int(mixed & 0xFF)] ^ tables[256 + Int(mixed >> 8 & 0xFF)] ^ tables[512 + Int(mixed >> 16 & 0xFF)]
        ^ tables[768 + Int(mixed >> 24)] ^ addressTerm
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

  /// What byte k of (state XOR word) adds after 37 bits, at [256 k + byte].
  ///
  /// By linearity the four add up by XOR.
  private static let tables: [UInt32] = (0..<4).flatMap { (byte: UInt32) in
    (0..<256).map { (value: UInt32) in advance(value << (8 * byte), bits: 37) }
  }

  /// What a register's address adds: it enters as the last five bits.
  private static let addressTerms: [UInt32] = (0..<32).map { (address: UInt32) in advance(address, bits: 5) }
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
