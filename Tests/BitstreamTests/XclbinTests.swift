import Bitstream
import TestBench
import Testing

@Suite struct XclbinTests {
  /// The fault of an xclbin that differs from a sound one in what a closure changes.
  private func fault(_ change: (inout XclbinBuilder) -> Void) -> XclbinFault? {
    var builder = XclbinBuilder.sound
    change(&builder)
    return fault(of: builder.bytes)
  }

  private func fault(of bytes: [UInt8]) -> XclbinFault? {
    errorCode { _ = try Xclbin(parsing: bytes) }.flatMap(XclbinFault.init(rawValue:))
  }

  @Test func `a sound file is read with its sections`() throws {
    let bytes = XclbinBuilder.sound.bytes
    let file = try Xclbin(parsing: bytes)
    #expect(file.version == "2.13.466")
    #expect(file.platform == "vendor_board_1")
    #expect(file.uuid == Array(0..<16))
    #expect(
      file.sections.map(\.kind.description)
        == ["EMBEDDED_METADATA", "MEM_TOPOLOGY", "IP_LAYOUT", "CONNECTIVITY", "CLOCK_FREQ_TOPOLOGY"])
    #expect(file.sections[0].byteRange.lowerBound == 456 + 5 * 40)
    #expect(file.bytes[file.sections[1].byteRange].count == 88)
    #expect(try BitstreamFile(parsing: bytes) == .xclbin(file))
  }

  @Test func `a header that lies is refused`() {
    #expect(fault { $0.magic = Array("xclbin1\0".utf8) } == .wrongMagic)
    #expect(fault { $0.signatureLength = 64 } == .signed)
    #expect(fault { $0.statedLength = 1 << 63 } == .wrongLength)
    #expect(fault { $0.statedSectionCount = 0x10001 } == .tooManySections)
    #expect(fault { $0.statedSectionCount = .max } == .tooManySections)
    #expect(fault { $0.platform = Array(repeating: 65, count: 64) } == .textUnterminated)
    #expect(fault(of: Array(XclbinBuilder.sound.bytes.prefix(495))) == .tooShort)
  }

  @Test func `a section that is not where it can be is refused`() {
    #expect(fault { $0.sections[0].statedOffset = 456 } == .sectionInHeader)
    #expect(fault { $0.sections[0].statedOffset = 657 } == .sectionUnaligned)
    #expect(fault { $0.sections[0].statedOffset = .max - 7 } == .sectionOutside)
    #expect(fault { $0.sections[4].statedSize = 4096 } == .sectionOutside)
    #expect(fault { $0.sections[4].statedSize = .max } == .sectionOutside)
    #expect(fault { $0.sections[0].statedSize = 64 } == .sectionsOverlap)
    #expect(fault { $0.sections[0].name = Array(repeating: 65, count: 16) } == .textUnterminated)
  }

  @Test func `only programs for processors come more than once`() {
    #expect(fault { $0.sections.append(.init(kind: .embeddedMetadata, content: [])) } == .sectionRepeated)
    let twice = Array(repeating: XclbinBuilder.Section(kind: .softKernel, content: [1]), count: 2)
    #expect(fault { $0.sections += twice } == nil)
  }

  @Test(arguments: [XclbinSection.Kind.memoryTopology, .ipLayout, .connectivity, .clockTopology])
  func `a table whose size does not fit its count is refused`(kind: XclbinSection.Kind) {
    #expect(fault { $0.change(kind) { $0.content.append(0) } } == .wrongTableSize)
    #expect(fault { $0.change(kind) { $0.content.removeLast() } } == .wrongTableSize)
    #expect(fault { $0.change(kind) { $0.content = [1] } } == .wrongTableSize)
    #expect(fault { $0.change(kind) { ($0.content[0], $0.content[1]) = (0xFF, 0xFF) } } == .wrongTableSize)
  }

  @Test func `a connection to nothing is refused`() {
    func connect(_ kernel: UInt32, _ memory: UInt32) -> [UInt8] {
      little(1 as UInt32) + XclbinBuilder.connection(kernel: kernel, memory: memory)
    }
    #expect(fault { $0.change(.connectivity) { $0.content = connect(0, 2) } } == .indexOutOfRange)
    #expect(fault { $0.change(.connectivity) { $0.content = connect(1, 0) } } == .indexOutOfRange)
    #expect(fault { $0.change(.connectivity) { $0.content = connect(.max, 0) } } == .indexOutOfRange)
    #expect(fault { $0.sections.removeAll { $0.kind == .ipLayout } } == .indexOutOfRange)
    let emulated = fault {
      $0.sections.removeAll { $0.kind == .ipLayout }
      $0.mode = 5
    }
    #expect(emulated == nil)
    let groups = fault {
      $0.sections.append(.init(kind: .groupConnectivity, content: connect(0, 0)))
    }
    #expect(groups == .indexOutOfRange)
  }

  @Test func `a text of a table without an end is refused`() {
    #expect(
      fault { $0.change(.ipLayout) { $0.content.replaceSubrange(24..<88, with: Array(repeating: 65, count: 64)) } }
        == .textUnterminated)
    #expect(
      fault {
        $0.change(.memoryTopology) { $0.content.replaceSubrange(32..<48, with: Array(repeating: 65, count: 16)) }
      }
        == .textUnterminated)
  }

  @Test func `metadata without a kernel are refused`() {
    for xml in ["", "<project/>", "<!-- <kernel/> -->", "<kernels/>", "<!-- <kernel/>", "<kernel"] {
      #expect(fault { $0.change(.embeddedMetadata) { $0.content = Array(xml.utf8) } } == .noKernels, "\(xml)")
    }
  }

  @Test func `no change of a byte and no truncation makes the reader fail otherwise than by an error`() {
    let sound = XclbinBuilder.sound.bytes
    for count in 0..<sound.count { _ = BitstreamInspection(of: Array(sound.prefix(count))) }
    var random = SeededRandom(seed: 5)
    for _ in 0..<2_000 {
      var bytes = sound
      for _ in 0..<3 { bytes[Int.random(in: 8..<bytes.count, using: &random)] = .random(in: 0...255, using: &random) }
      let inspection = BitstreamInspection(of: bytes)
      #expect((inspection.fault == nil) == ((try? Xclbin(parsing: bytes)) != nil))
    }
  }
}
