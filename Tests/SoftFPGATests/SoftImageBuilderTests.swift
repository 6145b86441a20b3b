import Bitstream
import Digests
import Fabric
import SoftFPGA
import Testing

@Suite struct SoftImageBuilderTests {
  @Test func `the same image and slot are the same bytes`() throws {
    let builder = SoftImageBuilder(for: try TinyBoard.descriptor())
    let image = try softImage(.kernel(Stage.kernel(1)))
    let bytes = try builder.partial(of: image, for: TinyBoard.little)
    #expect(try builder.partial(of: image, for: TinyBoard.little) == bytes)
    // Committed, so that images built elsewhere or later have the same digests.
    #expect(Digest(of: bytes).hexadecimal == "529fb62b1f6323120c23b76ef2618685e3af0ad587b49588e0c7cf8dd187aabf")
  }

  @Test func `each function and slot has a content of its own`() throws {
    let descriptor = try TinyBoard.descriptor()
    var seen: Set<[UInt32]> = []
    for function in [
      .kernel(try Stage.kernel(0)), .kernel(try Stage.kernel(1)), try Stage.bundle(.serial, 0...1),
      try Stage.bundle(.parallel, 0...1),
    ] {
      for slot in descriptor.slots {
        let partial = try verifiedPartial(function, for: slot.slot, of: descriptor)
        let port = ConfigurationPort(part: descriptor.part)
        #expect(port.write(partial.bytes) == nil)
        let first = slot.frames[0].lowerBound
        #expect(try KernelFrame(words: port.readback(first..<first + 1)).function == function)
        // The frames behind the first one, which differ by the seed.
        #expect(seen.insert(try BitFile(parsing: partial.bytes).words.suffix(4 * 93)).inserted)
      }
    }
  }

  @Test func `the fill is SplitMix64's sequence`() {
    // The first numbers of seed 1234567, as published with the algorithm's reference code.
    var random = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
    #expect((0..<3).map { _ in random.next() } == expected)
  }

  @Test func `an unfit image or slot is refused`() throws {
    let builder = SoftImageBuilder(for: try TinyBoard.descriptor())
    let image = try softImage(.kernel(Stage.kernel(1)))
    #expect(throws: SoftFPGAError.unknownSlot(SlotID(rawValue: 3), slotCount: 3)) {
      try builder.partial(of: image, for: SlotID(rawValue: 3))
    }
    #expect(throws: SoftFPGAError.unknownSlot(SlotID(rawValue: -1), slotCount: 3)) {
      try builder.partial(of: image, for: SlotID(rawValue: -1))
    }
    let unfit = SoftImage(
      name: "a;b", function: image.function, microsecondsPerLaunch: 1, arguments: image.arguments)
    #expect(throws: SoftFPGAError.unwritablePartial(.invalidContent("the design's name is empty or holds ';': 'a;b'")))
    {
      try builder.partial(of: unfit, for: TinyBoard.little)
    }
    let four = try softImage(Stage.bundle(.serial, 0...3))
    #expect(throws: SoftFPGAError.self) { try builder.partial(of: four, for: TinyBoard.big) }
  }
}
