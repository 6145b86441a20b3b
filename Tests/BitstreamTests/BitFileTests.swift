import Bitstream
import Testing

@Suite struct BitFileTests {
  private let file: BitFile

  init() throws {
    file = try BitFile(
      design: "top;PARTIAL=TRUE", part: "softfpga-tiny", date: "1980/01/01", time: "00:00:00",
      payload: [0xAA, 0x99, 0x55, 0x66, 0, 0, 0, 1])
  }

  @Test func `a file comes back as it was written`() throws {
    #expect(try BitFile(parsing: file.serialized) == file)
    #expect(file.words == [0xAA99_5566, 1])
    #expect(file.isPartial)
  }

  @Test func `every truncation is refused as malformed`() {
    let bytes = file.serialized
    for count in 0..<bytes.count {
      #expect(throws: BitstreamError.self, "\(count) bytes") { try BitFile(parsing: Array(bytes.prefix(count))) }
    }
    #expect(throws: BitstreamError.self) { try BitFile(parsing: bytes + [0]) }
  }

  @Test func `a text that is not ASCII hides nothing, and is refused`() throws {
    var stream = StreamBuilder()
    stream.end()
    var bytes = try BitFile(
      design: "topX;PARTIAL=TRUE", part: "softfpga-tiny", date: "1980/01/01", time: "00:00:00",
      payload: WordOrder.bigEndian.bytes(of: stream.words)
    ).serialized
    let letter = try #require(bytes.firstIndex(of: UInt8(ascii: "X")))
    bytes[letter] = 0xE9
    #expect(errorCode { _ = try BitFile(parsing: bytes) } == "bitstream.malformed")
    let inspection = BitstreamInspection(of: bytes)
    #expect(inspection.header?.design == "top?;PARTIAL=TRUE")
    #expect(inspection.header?.time == "00:00:00")
    #expect(inspection.crcWords.items.map(\.check.isMatch) == [true])
    #expect(inspection.fault?.error.code == "bitstream.malformed")
  }

  @Test func `a design is partial by its option alone`() throws {
    for design in ["PARTIAL=TRUE", "top", "top;PARTIAL=FALSE", "top;XPARTIAL=TRUE"] {
      let other = try BitFile(design: design, part: "p", date: "", time: "", payload: [0, 0, 0, 0])
      #expect(!other.isPartial, "\(design)")
    }
  }

  @Test func `what does not fit the container is not written`() {
    #expect(throws: BitstreamError.self) {
      try BitFile(design: "a\0b", part: "p", date: "", time: "", payload: [0, 0, 0, 0])
    }
    #expect(throws: BitstreamError.self) {
      try BitFile(design: String(repeating: "x", count: 1025), part: "p", date: "", time: "", payload: [0, 0, 0, 0])
    }
    #expect(throws: BitstreamError.self) {
      try BitFile(design: "d", part: "p", date: "", time: "", payload: [0, 0, 0])
    }
    #expect(throws: BitstreamError.self) { try BitFile(design: "d", part: "p", date: "", time: "", payload: []) }
  }

  @Test(arguments: [WordOrder.bigEndian, .littleEndian])
  func `words and bytes are the same in either order`(order: WordOrder) throws {
    let words = randomFrames(1, seed: 7)
    #expect(try order.words(of: order.bytes(of: words)) == words)
    #expect(throws: BitstreamError.self) { try order.words(of: [1, 2, 3, 4, 5]) }
  }
}
