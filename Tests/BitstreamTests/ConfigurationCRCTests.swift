import Bitstream
import Testing
import TestBench

@Suite struct ConfigurationCRCTests {
  /// The definition, bit by bit.
  private func slowUpdate(_ crc: UInt32, word: UInt32, register: ConfigurationRegister) -> UInt32 {
    let bits = UInt64(register.rawValue & 31) << 32 | UInt64(word)
    return (0..<37).reduce(crc) { state, position in
      let feedback = (state ^ UInt32(bits >> UInt64(position) & 1)) & 1
      return state >> 1 ^ (feedback == 1 ? 0x82F6_3B78 : 0)
    }
  }

  @Test func `the words of every real partial's shutdown stream give its CRC`() {
    var crc = ConfigurationCRC()
    crc.update(word: 0x04A5_A093, register: .idcode)
    #expect(crc.value == 0xFE2A_F493)
    crc.update(word: 0x3800_3FE5, register: .cor0)
    #expect(crc.value == 0xF415_26F6)
    crc.update(word: 0x0000_000B, register: .cmd)
    #expect(crc.value == 0x2731_CF6A)
  }

  @Test func `the words after the shutdown give the second CRC`() {
    var crc = ConfigurationCRC()
    crc.update(word: 8, register: .cmd)
    #expect(crc.value == 0x17EC_E470)
    crc.update(word: 0x07FC_0000, register: .far)
    #expect(crc.value == 0x5568_F9F2)
    crc.reset()
    #expect(crc == ConfigurationCRC())
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `the fast form equals the definition, word by word and in bulk`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var single = ConfigurationCRC()
    var bulk = ConfigurationCRC()
    var expected: UInt32 = 0
    for _ in 0..<32 {
      let register = ConfigurationRegister(rawValue: UInt8.random(in: 0..<32, using: &random))
      let words = (0..<Int.random(in: 0..<20, using: &random)).map { _ in
        UInt32.random(in: .min ... .max, using: &random)
      }
      for word in words {
        single.update(word: word, register: register)
        expected = slowUpdate(expected, word: word, register: register)
      }
      bulk.update(words: words, register: register)
      #expect(single.value == expected, "seed \(seed)")
      #expect(bulk.value == expected, "seed \(seed)")
    }
  }
}
