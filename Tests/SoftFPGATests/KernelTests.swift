import Digests
import Fabric
import PlainReference
import SoftFPGA
import Testing

@Suite struct KernelTests {
  @Test(arguments: [(8, 8, 1), (1, 1, 4), (16, 8, 3), (13, 21, 2), (7, 40, 3), (24, 24, 4)])
  func `every stage equals the plain reference bit for bit`(width: Int, height: Int, channels: Int) throws {
    for seed in UInt64(1)...3 {
      var tile = picture(width: width, height: height, channels: channels, seed: seed)
      for (stage, reference) in PlainReference.stages.enumerated() {
        let input = PlainReference.item(tile, stage: stage)
        tile = reference(tile)
        let output = try run(stage, on: input)
        #expect(output == PlainReference.item(tile, stage: stage + 1), "stage \(stage), seed \(seed)")
      }
    }
  }

  /// What no picture leads to, but a hostile item may hold: every kernel on numbers of the whole range of 16 bits.
  @Test(arguments: UInt64(1)...8)
  func `any numbers of 16 bits give what the plain reference gives`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for stage in 1...5 {
      let extremes = [-32_768, 32_767, 0, -1]
      let values = (0..<128).map { _ in
        let word = random.next()
        return seed % 2 == 0 ? extremes[Int(word % 4)] : Int(Int16(truncatingIfNeeded: word))
      }
      let tile = PlainReference.Tile(width: 16, height: 8, channels: 1, values: values)
      let expected = PlainReference.item(PlainReference.stages[stage](tile), stage: stage + 1)
      #expect(try run(stage, on: PlainReference.item(tile, stage: stage)) == expected, "stage \(stage)")
    }
  }

  @Test func `a flat picture has one coefficient in each block`() throws {
    let flat = PlainReference.Tile(
      width: 24, height: 16, channels: 3, values: Array(repeating: 200, count: 24 * 16 * 3))
    let quantized = try run(0...2, on: PlainReference.item(flat, stage: 0))
    // 72 * 8 / 16 = 36 at the top left of each of 18 blocks.
    #expect(quantized[12] == 18)
    #expect(quantized[16] == 36)
    let restored = try run(3...5, on: quantized)
    #expect(restored.dropFirst(16).allSatisfy { $0 == 200 })
  }

  /// The digest holds for every machine and every version; the plain reference gave it too.
  @Test func `a whole picture of 512 x 512 comes out as committed`() throws {
    let tile = picture(width: 512, height: 512, channels: 3, seed: 20_261_121)
    let result = try run(0...5, on: PlainReference.item(tile, stage: 0))
    #expect(Digest(of: result).hexadecimal == "be905173557673761d27000e8cc4cb38cd3c352140a67bdd4f4b48e5a7183dc2")
  }

  @Test func `the number of non-zero coefficients stays in the header to the end`() throws {
    let item = PlainReference.item(picture(width: 32, height: 32, channels: 3, seed: 4), stage: 0)
    let quantized = try run(0...2, on: item)
    let restored = try run(3...5, on: quantized)
    #expect(quantized[12..<16] == restored[12..<16])
    #expect(quantized[12..<16].contains { $0 != 0 })
  }

  @Test func `all six kernels can be found by name and no other`() throws {
    for index in 0..<6 { #expect(KernelRegistry.kernel(named: try Stage.kernel(index)) != nil) }
    for text in ["tessera/dct@2", "other/dct@1"] {
      let name = try #require(KernelName(text))
      #expect(KernelRegistry.kernel(named: name) == nil)
    }
  }
}

/// Runs one stage's kernel without a board.
func run(_ stage: Int, on item: [UInt8], capacity: Int = 16 << 20) throws -> [UInt8] {
  let name = try Stage.kernel(stage)
  let kernel = try #require(KernelRegistry.kernel(named: name))
  return try kernel.run(input: item, outputCapacity: capacity)
}

/// Runs several stages in turn.
func run(_ stages: ClosedRange<Int>, on item: [UInt8]) throws -> [UInt8] {
  try stages.reduce(item) { try run($1, on: $0) }
}
