import Bitstream
import Testing

@Suite struct RealBitstreamTests {
  private static let shutdownCRCs: [UInt32] = [0x2731_CF6A, 0x5568_F9F2, 0x2731_CF6A]

  @Test func `every CRC of a one-row partial verifies`() throws {
    guard let bytes = RealFile.bytes("zcu106-slot0-zculling.bit") else { return }
    let file = try BitFile(parsing: bytes)
    #expect(file.isPartial)
    #expect(file.part == "xczu7ev-ffvc1156-2-e")
    #expect(file.serialized == bytes)
    let summary = try BitstreamReader.summary(of: file)
    #expect(summary.isVerified)
    #expect(summary.devices == Array(repeating: DeviceID(rawValue: 0x04A5_A093), count: 4))
    #expect(summary.streamCount == 4)
    #expect(summary.crcChecks.count == 6)
    #expect(summary.crcChecks[1...3].map(\.stored) == Self.shutdownCRCs)
    #expect(summary.multipleFrameWriteCount == 0)
    let main = summary.blocks.filter { $0.wordCount > 279 }
    #expect(main.map(\.address) == [FrameAddress(rawValue: 0x0014_A200), FrameAddress(rawValue: 0x0114_0300)])
    #expect(main.map(\.wordCount) == [1884 * 93, 514 * 93])
    #expect(summary.blocks.reduce(0) { $0 + $1.wordCount } == 234_918)
  }

  @Test func `every CRC of a two-row partial verifies`() throws {
    guard let bytes = RealFile.bytes("zcu106-slot9-lenet-conv1.bit") else { return }
    let summary = try BitstreamReader.summary(of: BitFile(parsing: bytes))
    #expect(summary.isVerified)
    #expect(summary.crcChecks.count == 6)
    #expect(summary.crcChecks[1...3].map(\.stored) == Self.shutdownCRCs)
    #expect(summary.blocks.reduce(0) { $0 + $1.wordCount } == 279_372)
    #expect(summary.blocks.filter { $0.wordCount > 279 }.map(\.wordCount) == [1181, 1181, 257, 257].map { $0 * 93 })
  }

  @Test func `every CRC of a compressed whole-device bitstream verifies`() throws {
    guard let bytes = RealFile.bytes("xcau15p-full-compressed.bit") else { return }
    let file = try BitFile(parsing: bytes)
    #expect(!file.isPartial)
    let summary = try BitstreamReader.summary(of: file)
    #expect(summary.isVerified)
    #expect(summary.devices == [DeviceID(rawValue: 0x04AC_2093)])
    #expect(summary.crcChecks.last?.stored == 0x5FFE_959E)
    #expect(summary.multipleFrameWriteCount == 14_298)
    #expect(summary.blocks.reduce(0) { $0 + $1.wordCount } == 114 * 93)
  }

  @Test func `a bin file holds the words of its bit file in the other order`() throws {
    guard let bit = RealFile.bytes("zcu106-slot0-zculling.bit"), let bin = RealFile.bytes("zcu106-slot0-zculling.bin")
    else { return }
    #expect(try WordOrder.littleEndian.words(of: bin) == BitFile(parsing: bit).words)
  }

  @Test func `a real frame with one bit changed fails its CRC only`() throws {
    guard let bytes = RealFile.bytes("zcu106-slot0-zculling.bit") else { return }
    var words = try BitFile(parsing: bytes).words
    words[100_000] ^= 1
    let checks = try BitstreamReader.summary(of: words).crcChecks
    #expect(checks.map(\.isMatch) == [true, true, true, true, false, true])
  }
}
