import Fabric
import PlainReference
import SoftFPGA
import Testing

@Suite struct KernelFaultTests {
  private let item = PlainReference.item(picture(width: 9, height: 9, channels: 3, seed: 1), stage: 0)

  @Test(arguments: 0..<6) func `a tile of another stage is refused`(stage: Int) throws {
    var wrong = item
    wrong[9] = UInt8((stage + 1) % 7)
    #expect(throws: KernelFault("the tile is at stage \((stage + 1) % 7), this kernel takes stage \(stage)")) {
      try run(stage, on: wrong)
    }
  }

  @Test(arguments: [
    (0, 0x55, "the item does not begin with \"TILE\""), (4, 0, "the tile's size is 0 x 9"),
    (6, 0, "the tile's size is 9 x 0"), (8, 0, "the tile has 0 channels, 1 to 4 are possible"),
    (8, 5, "the tile has 5 channels, 1 to 4 are possible"),
    (9, 200, "the tile is at stage 200, this kernel takes stage 0"),
    (10, 1, "the reserved bytes 10 and 11 of the header are not 0"),
    (11, 1, "the reserved bytes 10 and 11 of the header are not 0"),
    (4, 8, "the item has 259 bytes, its header asks for 232"),
    (5, 255, "the item has 259 bytes, its header asks for 1762819"),
  ]) func `a bad header is refused`(offset: Int, value: UInt8, sentence: String) throws {
    var wrong = item
    wrong[offset] = value
    #expect(throws: KernelFault(sentence)) { try run(0, on: wrong) }
  }

  @Test func `every cut of an item is refused`() {
    for count in 0..<item.count {
      #expect(throws: KernelFault.self) { try run(0, on: Array(item.prefix(count))) }
    }
    #expect(throws: KernelFault("the item has 260 bytes, its header asks for 259")) { try run(0, on: item + [0]) }
  }

  @Test func `a result that its buffer cannot take is refused`() throws {
    let size = 16 + 4 * 3 * 128
    #expect(try run(0, on: item, capacity: size).count == size)
    #expect(throws: KernelFault("the result has \(size) bytes, its buffer takes \(size - 1)")) {
      try run(0, on: item, capacity: size - 1)
    }
    #expect(throws: KernelFault.self) { try run(0, on: item, capacity: -1) }
  }

  @Test func `more than 16 MiB are refused on either side`() {
    let limit = Limits.blobByteCount
    #expect(throws: KernelFault("the item has \(limit + 1) bytes, at most \(limit) are taken")) {
      try run(0, on: Array(repeating: 0, count: limit + 1))
    }
    // 9 MiB of samples would be 18 MiB of numbers.
    let large = PlainReference.Tile(width: 3072, height: 3072, channels: 1, values: [])
    let item = PlainReference.item(large, stage: 0) + Array(repeating: 0, count: 3072 * 3072)
    #expect(throws: KernelFault("the result has 18874384 bytes, at most \(limit) are possible")) {
      try run(0, on: item, capacity: 64 << 20)
    }
  }
}
