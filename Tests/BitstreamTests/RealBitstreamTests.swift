import Bitstream
import TestBench
import Testing

@Suite struct RealBitstreamTests {
  private static let shutdownCRCs: [UInt32] = [0x2731_CF6A, 0x5568_F9F2, 0x2731_CF6A]

  @Test(.enabled(if: RealFile.arePresent(.slot0)))
  func `every CRC of a one-row partial verifies`() throws {
    let bytes = try RealFile.slot0.bytes()
    let inspection = BitstreamInspection(of: bytes)
    try #expect(BitFile(parsing: bytes).serialized == bytes)
    #expect(inspection.header?.part == "xczu7ev-ffvc1156-2-e")
    #expect(inspection.isPartial == true)
    #expect(inspection.refusal == nil)
    #expect(!inspection.isEncrypted)
    #expect(inspection.device?.names == ["xczu7ev"])
    #expect(inspection.family == .ultraScalePlus)
    #expect(inspection.streams.items.map(\.device) == Array(repeating: DeviceID(rawValue: 0x04A5_A093), count: 4))
    #expect(inspection.streams.items.allSatisfy { $0.isEnded && $0.die == 0 })
    #expect(inspection.crcWords.items.map(\.check.stored)[1...3] == Self.shutdownCRCs[...])
    #expect(inspection.crcWords.items.map(\.offset) == inspection.crcWords.items.map { 134 + 4 * $0.check.wordOffset })
    #expect(inspection.crcWords.count == 6)
    #expect(inspection.multipleFrameWriteCount == 0)
    #expect(inspection.strayWords.count == 0)
    let main = inspection.frames.items.filter { $0.wordCount > 279 }
    #expect(main.map(\.fields?.row) == [5, 5])
    #expect(main.map(\.fields?.column) == [162, 3])
    #expect(main.map(\.fields?.blockType) == [0, 1])
    #expect(main.map(\.frameCount) == [1884, 514])
    #expect(inspection.frames.items.reduce(0) { $0 + $1.wordCount } == 234_918)
  }

  @Test(.enabled(if: RealFile.arePresent(.slot9)))
  func `every CRC of a two-row partial verifies`() throws {
    let bytes = try RealFile.slot9.bytes()
    let inspection = BitstreamInspection(of: bytes)
    #expect(inspection.refusal == nil)
    #expect(inspection.crcWords.count == 6)
    #expect(inspection.crcWords.items.map(\.check.stored)[1...3] == Self.shutdownCRCs[...])
    #expect(inspection.frames.items.reduce(0) { $0 + $1.wordCount } == 279_372)
    let main = inspection.frames.items.filter { $0.wordCount > 279 }
    #expect(main.map(\.frameCount) == [1181, 1181, 257, 257])
  }

  @Test(.enabled(if: RealFile.arePresent(.compressed)))
  func `every CRC of a compressed whole-device bitstream verifies`() throws {
    let bytes = try RealFile.compressed.bytes()
    let inspection = BitstreamInspection(of: bytes)
    #expect(inspection.refusal == nil)
    #expect(inspection.isPartial == false)
    #expect(inspection.device?.names == ["xcau15p"])
    #expect(inspection.crcWords.items.last?.check.stored == 0x5FFE_959E)
    #expect(inspection.multipleFrameWriteCount == 14_298)
    #expect(inspection.frames.items.reduce(0) { $0 + ($1.frameCount ?? 0) } == 114)
    #expect(inspection.strayWords.count == 0)
  }

  @Test(.enabled(if: RealFile.arePresent(.slot0, .slot0Bin)))
  func `a bin file does what its bit file does, in the other order`() throws {
    let (bit, bin) = (try RealFile.slot0.bytes(), try RealFile.slot0Bin.bytes())
    #expect(try WordOrder.littleEndian.words(of: bin) == BitFile(parsing: bit).words)
    let inspections = [BitstreamInspection(of: bit), BitstreamInspection(of: bin)]
    #expect(inspections.map(\.format) == [.bit, .bin])
    #expect(inspections.map(\.wordOrder) == [.bigEndian, .littleEndian])
    #expect(inspections.map(\.isPartial) == [true, true])
    #expect(inspections[0].crcWords.items.map(\.check) == inspections[1].crcWords.items.map(\.check))
    #expect(inspections[0].registers == inspections[1].registers)
  }

  @Test(.enabled(if: RealFile.arePresent(.compressed)))
  func `a whole-device bitstream is known as such without its header`() throws {
    let bytes = try RealFile.compressed.bytes()
    #expect(BitstreamInspection(of: Array(try BitFile(parsing: bytes).payload)).isPartial == false)
  }

  @Test(.enabled(if: RealFile.arePresent(.slot0)))
  func `a real frame with one bit changed fails its CRC only`() throws {
    let bytes = try RealFile.slot0.bytes()
    var words = try BitFile(parsing: bytes).words
    words[100_000] ^= 1
    let inspection = inspect(words)
    #expect(inspection.crcWords.items.map(\.check.isMatch) == [true, true, true, true, false, true])
    #expect(inspection.crcMismatchCount == 1)
    #expect(inspection.fault == nil)
  }
}
