import Bitstream
import Fabric
import SoftFPGA
import Testing

@Suite struct KernelFrameTests {
  private static func frame(_ function: ImageFunction, microseconds: Int = 943_388) throws -> KernelFrame {
    try KernelFrame(
      function: function, microsecondsPerLaunch: microseconds, registers: KernelRegisters(argumentRegisters()))
  }

  /// The frame with other words, and a checksum that covers them.
  private static func stamped(_ words: [UInt32], _ changes: [Int: UInt32]) -> [UInt32] {
    var words = words
    for (index, word) in changes { words[index] = word }
    var crc = ConfigurationCRC()
    for word in words.dropLast() { crc.update(word: word, register: .fdri) }
    words[92] = crc.value
    return words
  }

  @Test func `what is written reads back`() throws {
    for function in [
      .kernel(try Stage.kernel(0)), try Stage.bundle(.serial, 0...2), try Stage.bundle(.parallel, 3...4),
    ] {
      for microseconds in [0, 1, 943_388, 86_400_000_000] {
        let frame = try Self.frame(function, microseconds: microseconds)
        #expect(frame.words.count == Part.wordsPerFrame)
        #expect(try KernelFrame(words: frame.words) == frame)
      }
    }
  }

  @Test func `three names of the longest kind fit`() throws {
    let name = try #require(
      KernelName("p" + String(repeating: "q", count: 29) + "/" + String(repeating: "k", count: 60) + "@1234"))
    #expect(name.text.utf8.count == KernelName.maximumByteCount)
    let frame = try Self.frame(.bundle(.serial, [name, name, name]))
    #expect(try KernelFrame(words: frame.words) == frame)
  }

  /// The layout is a promise to every image that was ever built.
  @Test func `the words stand where the format says`() throws {
    let words = try Self.frame(.kernel(Stage.kernel(1)), microseconds: 0x1_0000_0002).words
    #expect(words[0..<10] == [0x5353_4554, 1, 0, 1, 2, 1, 0x10, 0x1C, 0x24, 0x30])
    let name = words[10..<34].flatMap { word in (0..<4).map { UInt8(word >> (8 * UInt32($0)) & 0xFF) } }
    #expect(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) == "tessera/dct@1")
    #expect(words[34..<92].allSatisfy { $0 == 0 })
  }

  @Test func `any flipped bit is found`() throws {
    let words = try Self.frame(Stage.bundle(.serial, 0...2)).words
    for index in words.indices {
      for bit in stride(from: UInt32(0), to: 32, by: 5) {
        var wrong = words
        wrong[index] ^= 1 << bit
        #expect(throws: SoftFPGAError.self, "word \(index), bit \(bit)") { try KernelFrame(words: wrong) }
      }
    }
  }

  @Test func `each fault has its name`() throws {
    let words = try Self.frame(.kernel(Stage.kernel(1))).words
    func fault(_ words: [UInt32]) -> SoftFPGAError? {
      do throws(SoftFPGAError) {
        _ = try KernelFrame(words: words)
        return nil
      } catch { return error }
    }
    #expect(fault(Array(repeating: 0, count: 93)) == .notAKernelFrame(firstWord: 0))
    #expect(fault(Self.stamped(words, [1: 2])) == .unsupportedFrameVersion(found: 2, supported: 1))
    #expect(fault(words.dropLast() + [words[92] ^ 1])?.code == "softfpga.frameChecksumMismatch")
    #expect(fault([]) == .malformedFrame("it has 0 words instead of 93"))
    #expect(fault(Self.stamped(words, [3: 0])) == .malformedFrame("it has 0 stages"))
    #expect(fault(Self.stamped(words, [3: 4])) == .malformedFrame("it has 4 stages"))
    #expect(fault(Self.stamped(words, [2: 1])) == .malformedFrame("mode 1 with 1 stages"))
    #expect(fault(Self.stamped(words, [2: 9])) == .malformedFrame("mode 9 with 1 stages"))
    #expect(fault(Self.stamped(words, [10: 0x21]))?.code == "softfpga.malformedFrame")
    #expect(fault(Self.stamped(words, [91: 1])) == .malformedFrame("words behind the last name are not zero"))
    #expect(fault(Self.stamped(words, [5: .max]))?.code == "softfpga.malformedFrame")
    #expect(fault(Self.stamped(words, [6: 0x1C]))?.code == "softfpga.malformedFrame")
  }

  @Test func `what a frame cannot say is refused before it is written`() throws {
    let kernel = try Stage.kernel(0)
    for function in [ImageFunction.bundle(.serial, []), .bundle(.serial, [kernel]), try Stage.bundle(.serial, 0...3)] {
      #expect(throws: SoftFPGAError.self) { try Self.frame(function) }
    }
    for microseconds in [-1, 86_400_000_001] {
      #expect(throws: SoftFPGAError.self) { try Self.frame(.kernel(kernel), microseconds: microseconds) }
    }
    let arguments = try argumentRegisters()
    for unfit in [[], [arguments[0]], [arguments[0], arguments[0]], arguments + [arguments[1]]] {
      #expect(throws: SoftFPGAError.self) { try KernelRegisters(unfit) }
    }
  }

  @Test(arguments: [(0x8, 0x1C), (0x12, 0x1C), (0x18, 0x1C), (0x10, 0x14), (0x10, 0x24), (0x10, 65_536), (-8, 0x1C)])
  func `registers that overlap or do not exist are refused`(address: Int, byteCount: Int) throws {
    let arguments = try argumentRegisters()
    let wrong = ArgumentRegisters(
      name: arguments[0].name, direction: .input, addressOffset: address, byteCountOffset: byteCount)
    #expect(throws: SoftFPGAError.self) { try KernelRegisters([wrong, arguments[1]]) }
  }
}
