import Bitstream
import Fabric
import SoftFPGA
import Testing

@Suite struct KernelFrameTests {
  private static func frame(_ function: ImageFunction, microseconds: Int = 943_388) throws -> KernelFrame {
    try KernelFrame(
      function: function, microsecondsPerLaunch: microseconds, arguments: argumentRegisters(of: function))
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
      try Stage.bundle(.parallel, 0...2),
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

  @Test func `a parallel bundle has the offsets of each stage`() throws {
    let words = try Self.frame(Stage.bundle(.parallel, 0...2)).words
    #expect(words[2..<4] == [2, 3])
    #expect(words[6..<10] == [0x10, 0x18, 0x20, 0x28])
    #expect(words[82..<92] == [0x30, 0x38, 0x40, 0x48, 0x50, 0x58, 0x60, 0x68, 0, 0])
    let two = try Self.frame(Stage.bundle(.parallel, 0...1)).words
    #expect(two[82..<92] == [0x30, 0x38, 0x40, 0x48, 0, 0, 0, 0, 0, 0])
    #expect(throws: SoftFPGAError.malformedFrame("words without a meaning are not zero")) {
      try KernelFrame(words: Self.stamped(two, [86: 0x50]))
    }
    // Images of a time when a parallel bundle had one input and one output.
    #expect {
      try KernelFrame(words: Self.stamped(two, [82: 0, 83: 0, 84: 0, 85: 0]))
    } throws: {
      ($0 as? SoftFPGAError)?.code == "softfpga.malformedFrame"
    }
  }

  @Test func `a parallel bundle's arguments that are not one input and one output for each stage are refused`() throws {
    let bundle = try Stage.bundle(.parallel, 0...1)
    let arguments = try stageArgumentRegisters(stageCount: 2)
    func fault(_ arguments: [ArgumentRegisters]) -> SoftFPGAError? {
      do throws(SoftFPGAError) {
        _ = try KernelFrame(function: bundle, microsecondsPerLaunch: 1, arguments: arguments)
        return nil
      } catch { return error }
    }
    func renamed(_ name: String, _ index: Int) throws -> [ArgumentRegisters] {
      var arguments = arguments
      let old = arguments[index]
      arguments[index] = ArgumentRegisters(
        name: try #require(ArgumentName(name)), direction: old.direction, addressOffset: old.addressOffset,
        byteCountOffset: old.byteCountOffset)
      return arguments
    }
    #expect(fault(arguments.reversed()) == nil)
    let shape = "inputs and 1 outputs; this board's kernels have one of each"
    #expect(
      fault(Array(arguments.prefix(2)))
        == .unfitImage("stage 1: it has 0 inputs and 0 outputs; this board's kernels have one of each"))
    #expect(fault(try renamed("0.second", 2)) == .unfitImage("stage 0: it has 2 \(shape)"))
    for name in ["2.input", "input", "01.input", "-1.input", "1input"] where ArgumentName(name) != nil {
      #expect(fault(try renamed(name, 2)) == .unfitImage("stage 1: it has 0 \(shape)"))
    }
    #expect(
      fault(try stageArgumentRegisters(stageCount: 3))
        == .unfitImage(
          "the argument '2.input' of a parallel bundle begins with no stage; '0.' to '1.' are possible"))
    let overlapping = ArgumentRegisters(
      name: arguments[3].name, direction: .output, addressOffset: 0x20, byteCountOffset: 0x48)
    #expect(
      fault(arguments.prefix(3) + [overlapping])
        == .unfitImage(
          "the registers at 0x20 overlap others, or do not lie at whole registers from 0x10 to 0x10000"))
    // Nor do other functions take the arguments of stages.
    #expect(throws: SoftFPGAError.self) {
      try KernelFrame(function: Stage.bundle(.serial, 0...1), microsecondsPerLaunch: 1, arguments: arguments)
    }
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
    #expect(fault(Self.stamped(words, [91: 1])) == .malformedFrame("words without a meaning are not zero"))
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
