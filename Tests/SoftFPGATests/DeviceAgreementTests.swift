import Bitstream
import Fabric
import SoftFPGA
import TestBench
import Testing

/// The verifier and the device place frames with code of their own: what the one lets through, the other writes so.
///
/// Both decode packets, compute the CRC and count frames with the same code; `PlainReader` shares none of it.
@Suite struct DeviceAgreementTests {
  /// Frames as the verifier places them.
  private struct Placed: FrameDestination {
    var words: [UInt32]
    mutating func willWrite(_ frames: Range<Int>) throws(BitstreamError) {}
    mutating func write(_ frame: Span<UInt32>, toFrame ordinal: Int) {
      for index in frame.indices { words[ordinal * Part.wordsPerFrame + index] = frame[index] }
    }
  }

  private func expectAgreement(_ file: [UInt8], _ part: Part, _ region: [Range<Int>], _ comment: Comment) throws {
    let blank = Placed(words: Array(repeating: 0, count: part.frameCount * Part.wordsPerFrame))
    let placed = try PartialVerifier(part: part, region: region).place(file, in: blank)
    let port = ConfigurationPort(part: part)
    #expect(port.write(file) == nil, comment)
    #expect(port.status == .operating, comment)
    #expect(port.readback(0..<part.frameCount) == placed.words, comment)
    #expect(placed.words.contains { $0 != 0 }, comment)
    let plain = try PlainReader(file, columns: part.dies.map { [$0.columns, $0.memoryColumns] })
    #expect(placed.words == words(of: plain, part), comment)
  }

  /// The frames that the plain reader found, where the part's geometry puts them; all others are zero.
  private func words(of plain: PlainReader, _ part: Part) -> [UInt32] {
    var rest = plain.frames
    let words = (0..<part.frameCount).flatMap { ordinal -> [UInt32] in
      let zeros = [UInt32](repeating: 0, count: Part.wordsPerFrame)
      guard let die = part.die(ofFrame: ordinal), let address = part.address(ofFrame: ordinal) else { return zeros }
      return rest.removeValue(forKey: PlainReader.Place(die: die, address: address.rawValue)) ?? zeros
    }
    return rest.isEmpty ? words : []
  }

  @Test func `random partials of random parts, plain and compressed, arrive as they were written`() throws {
    for seed in 1...60 {
      var random = SeededRandom(seed: UInt64(seed))
      let dies = try (0..<Int.random(in: 1...3, using: &random)).map { index in
        try Die(
          device: DeviceID(rawValue: 0x0123_4093 + UInt32(index) << 12), rows: Int.random(in: 1...3, using: &random),
          columns: (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 1...5, using: &random) },
          memoryColumns: Array(repeating: 3, count: Int.random(in: 0...2, using: &random)))
      }
      let part = try Part(name: "random", dies: dies)
      let start = Int.random(in: 0..<part.frameCount, using: &random)
      let region = [start..<Int.random(in: start + 1...part.frameCount, using: &random)]
      // Few values, so that frames are equal often.
      let words = (0..<region[0].count).flatMap { _ in
        [UInt32](repeating: UInt32.random(in: 1...3, using: &random), count: Part.wordsPerFrame)
      }
      for isCompressed in [false, true] {
        let file = try PartialWriter(part: part, region: region).partial(
          design: "random", compressing: isCompressed, words: words)
        let comment: Comment = "seed \(seed), \(isCompressed ? "compressed" : "plain")"
        try expectAgreement(file, part, region, comment)
        let port = ConfigurationPort(part: part)
        #expect(port.write(file) == nil, comment)
        #expect(port.readback(region[0]) == words, comment)
      }
    }
  }

  @Test(.enabled(if: RealFile.arePresent(.slot0, .slot9)), arguments: [(RealFile.slot0, 0), (.slot9, 9)])
  func `real partials are written as they were verified`(file: RealFile, slot: Int) throws {
    let board = try BoardDescriptor(manifest: Repository.bytes("bitstreams/boards/zcu106-10-little.json"))
    let region = try #require(board[SlotID(rawValue: slot)]).frames
    try expectAgreement(file.bytes(), board.part, region, "\(file)")
  }
}
