/// The first word of a packet.
///
/// Source: UG570 chapter 9, "Configuration Packets".
/// Type 1: `001`, operation [28:27], register [26:13] of which five bits are used, reserved [12:11], count [10:0].
/// Type 2: `010`, operation [28:27], count [26:0]; it goes to the register of the type 1 header before it.
enum PacketHeader: Equatable {
  case noOperation
  case read(ConfigurationRegister, wordCount: Int)
  case write(ConfigurationRegister, wordCount: Int)
  case longRead(wordCount: Int)
  case longWrite(wordCount: Int)

  /// The word that does nothing.
  static let noOperationWord: UInt32 = 0x2000_0000
  /// The word that ends the search for the start of a stream.
  static let syncWord: UInt32 = 0xAA99_5566
  /// The word that fills the time before a sync word.
  static let dummyWord: UInt32 = 0xFFFF_FFFF
  /// The two words from which a parallel port finds out its width, which come before the sync word.
  static let busWidthWords: [UInt32] = [0x0000_00BB, 0x1122_0044]
  /// What stands before a sync word in all real files at hand: 16 dummy words, bus width, 2 dummy words.
  static let leadIn: [UInt32] =
    Array(repeating: dummyWord, count: 16) + busWidthWords + [dummyWord, dummyWord]

  /// Reads a header; nil where a reserved bit, operation or type is used.
  init?(word: UInt32) {
    let operation = word >> 27 & 3
    switch word >> 29 {
    case 1:
      if operation == 0 {
        guard word == Self.noOperationWord else { return nil }
        self = .noOperation
        return
      }
      guard word & 0x07FC_1800 == 0 else { return nil }
      let register = ConfigurationRegister(rawValue: UInt8(word >> 13 & 0x1F))
      let count = Int(word & 0x7FF)
      switch operation {
      case 1: self = .read(register, wordCount: count)
      case 2: self = .write(register, wordCount: count)
      default: return nil
      }
    case 2:
      let count = Int(word & 0x7FF_FFFF)
      switch operation {
      case 1: self = .longRead(wordCount: count)
      case 2: self = .longWrite(wordCount: count)
      default: return nil
      }
    default: return nil
    }
  }

  /// The header's word.
  ///
  /// A count above its field's limit would be cut to the field. The writer has none: its longest packet is a row, which
  /// ``Part`` limits to 1024 columns of 256 frames, with two pad frames; these are 24,379,578 of 134,217,727 words.
  var word: UInt32 {
    switch self {
    case .noOperation: Self.noOperationWord
    case .read(let register, let count): 0x2800_0000 | UInt32(register.rawValue & 31) << 13 | UInt32(count & 0x7FF)
    case .write(let register, let count): 0x3000_0000 | UInt32(register.rawValue & 31) << 13 | UInt32(count & 0x7FF)
    case .longRead(let count): 0x4800_0000 | UInt32(count & 0x7FF_FFFF)
    case .longWrite(let count): 0x5000_0000 | UInt32(count & 0x7FF_FFFF)
    }
  }
}
