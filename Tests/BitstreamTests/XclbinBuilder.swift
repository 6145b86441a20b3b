import Bitstream

/// An xclbin put together by hand, to break one rule at a time.
struct XclbinBuilder {
  struct Section {
    var kind: XclbinSection.Kind
    var name: [UInt8] = []
    var content: [UInt8]
    /// What its header says, where that is not where and how long it is.
    var statedOffset: UInt64?
    var statedSize: UInt64?
  }

  var sections: [Section] = []
  var magic = Array("xclbin2\0".utf8)
  var signatureLength: UInt32 = 0xFFFF_FFFF
  var platform = Array("vendor_board_1".utf8)
  var mode: UInt16 = 0
  var statedLength: UInt64?
  var statedSectionCount: UInt32?

  /// A header, the sections' headers, and the sections at multiples of 8.
  var bytes: [UInt8] {
    var header = [UInt8](repeating: 0xFF, count: 456)
    var headers: [UInt8] = []
    var contents: [UInt8] = []
    let start = 456 + 40 * sections.count
    for section in sections {
      while (start + contents.count) % 8 != 0 { contents.append(0) }
      headers += little(section.kind.rawValue) + padded(section.name, 16) + [0, 0, 0, 0]
      headers += little(section.statedOffset ?? UInt64(start + contents.count))
      headers += little(section.statedSize ?? UInt64(section.content.count))
      contents += section.content
    }
    let length = start + contents.count
    put(magic, at: 0, in: &header)
    put(little(signatureLength), at: 8, in: &header)
    put(little(statedLength ?? UInt64(length)), at: 304, in: &header)
    put([0xD2, 0x01, 2, 13] + little(mode), at: 328, in: &header)
    put(padded(platform, 64), at: 352, in: &header)
    put(Array(0..<16), at: 416, in: &header)
    put(little(statedSectionCount ?? UInt32(sections.count)), at: 448, in: &header)
    return header + headers + contents
  }

  /// One of each table that refers to another, as a compiler writes them, and the kernels' XML.
  static var sound: XclbinBuilder {
    XclbinBuilder(sections: [
      Section(kind: .embeddedMetadata, content: Array("<project><!-- <kernel> --><kernel name=\"k\"/></project>".utf8)),
      Section(kind: .memoryTopology, content: little(2 as UInt32) + [0, 0, 0, 0] + memory("HBM") + memory("DDR")),
      Section(kind: .ipLayout, content: little(1 as UInt32) + [0, 0, 0, 0] + kernel("dct:dct_1")),
      Section(kind: .connectivity, content: little(1 as UInt32) + connection(kernel: 0, memory: 1)),
      Section(kind: .clockTopology, content: little(1 as UInt16) + [44, 1, 0, 0, 0, 0, 0, 0] + padded([67], 128)),
    ])
  }

  static func memory(_ tag: String) -> [UInt8] {
    [UInt8](repeating: 0, count: 24) + padded(Array(tag.utf8), 16)
  }

  static func kernel(_ name: String) -> [UInt8] {
    [UInt8](repeating: 0, count: 16) + padded(Array(name.utf8), 64)
  }

  static func connection(kernel: UInt32, memory: UInt32) -> [UInt8] {
    little(0 as UInt32) + little(kernel) + little(memory)
  }

  /// Changes the section of a kind.
  mutating func change(_ kind: XclbinSection.Kind, _ body: (inout Section) -> Void) {
    for index in sections.indices where sections[index].kind == kind { body(&sections[index]) }
  }

  private func put(_ part: [UInt8], at offset: Int, in bytes: inout [UInt8]) {
    bytes.replaceSubrange(offset..<offset + part.count, with: part)
  }
}

/// The bytes of a number, lowest first.
func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

private func padded(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
  bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
}
