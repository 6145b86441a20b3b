import Bitstream
import Testing

@Suite struct BinFileTests {
  private func bytes(_ words: [UInt32], _ order: WordOrder = .bigEndian) -> [UInt8] { order.bytes(of: words) }

  @Test(arguments: [WordOrder.bigEndian, .littleEndian])
  func `the sync word shows the order of the bytes`(order: WordOrder) throws {
    let file = try BinFile(parsing: bytes([0xFFFF_FFFF, 0xAA99_5566, 0x2000_0000], order)[...])
    #expect(file.order == order)
    #expect(file.payload.count == 12)
  }

  @Test func `a file without a sync word where it belongs is refused by name`() {
    let late = Array(repeating: 0xFFFF_FFFF as UInt32, count: BinFile.maximumLeadWordCount) + [0xAA99_5566]
    for words in [[], [0x1234_5678], late] {
      #expect(errorCode { _ = try BitstreamFile(parsing: bytes(words)) } == "bitstream.noSyncWord")
    }
    #expect(errorCode { _ = try BitstreamFile(parsing: bytes(Array(late.dropFirst()))) } == nil)
    #expect(errorCode { _ = try BinFile(parsing: [0xAA, 0x99, 0x55, 0x66, 0][...]) } == "bitstream.malformed")
  }

  @Test func `a file with a sync word in both orders is refused by name`() {
    let words: [UInt32] = [0xFFFF_FFFF, 0xAA99_5566, 0x2000_0000, 0x6655_99AA]
    #expect(errorCode { _ = try BinFile(parsing: bytes(words)[...]) } == "bitstream.ambiguousWordOrder")
    #expect(inspect(words).fault?.error.code == "bitstream.ambiguousWordOrder")
  }

  @Test func `a file is taken for what its first bytes say`() throws {
    let words: [UInt32] = [0xFFFF_FFFF, 0xAA99_5566]
    let bit = try BitFile(design: "d", part: "p", date: "", time: "", payload: bytes(words))
    #expect(try BitstreamFile(parsing: bit.serialized) == .bit(bit))
    #expect(try BitstreamFile(parsing: bytes(words)) == .bin(BinFile(parsing: bytes(words)[...])))
    #expect(BitstreamFile.Format(of: Array("xclbin1\0".utf8)) == .xclbin)
    #expect(BitstreamFile.Format(of: []) == .bin)
  }
}
