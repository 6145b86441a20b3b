/// Checks the sections of an xclbin that hold tables: their sizes, their texts and what they refer to.
struct XclbinTables {
  /// Where a kind of section has its entries (xclbin.h of XRT 2.13).
  private struct Layout {
    /// The bytes of the number of entries, a signed number at the start.
    var countByteCount = 4
    let firstEntry: Int
    let entryByteCount: Int
    /// Where an entry has its text.
    var text: Range<Int> = 0..<0

    static let memories = Self(firstEntry: 8, entryByteCount: 40, text: 24..<40)
    static let kernels = Self(firstEntry: 8, entryByteCount: 80, text: 16..<80)
    static let connections = Self(firstEntry: 4, entryByteCount: 12)
    static let clocks = Self(countByteCount: 2, firstEntry: 2, entryByteCount: 136, text: 8..<136)
  }

  /// A table whose entries all lie in its section.
  private struct Table {
    let layout: Layout
    let start: Int
    let count: Int

    func entry(_ index: Int) -> Int { start + layout.firstEntry + index * layout.entryByteCount }
  }

  private let bytes: [UInt8]
  private let sections: [XclbinSection]
  /// Files for software emulation may have connections without the table of kernels.
  private let isForEmulation: Bool

  init(bytes: [UInt8], sections: [XclbinSection], isForEmulation: Bool) {
    (self.bytes, self.sections, self.isForEmulation) = (bytes, sections, isForEmulation)
  }

  func check() throws(BitstreamError) {
    let kernels = try table(.ipLayout, .kernels)
    let memories = try table(.memoryTopology, .memories)
    let groups = try table(.groupTopology, .memories)
    _ = try table(.clockTopology, .clocks)
    if let connections = try table(.connectivity, .connections) {
      try check(connections, kernels: kernels, memories: memories)
    }
    if let connections = try table(.groupConnectivity, .connections) {
      try check(connections, kernels: kernels, memories: groups)
    }
    if let metadata = sections.first(where: { $0.kind == .embeddedMetadata }),
      !Self.namesKernel(bytes[metadata.byteRange])
    {
      throw .malformedXclbin(
        .noKernels, "section \(metadata.kind) has no element 'kernel'", byteOffset: metadata.byteRange.lowerBound)
    }
  }

  private func table(_ kind: XclbinSection.Kind, _ layout: Layout) throws(BitstreamError) -> Table? {
    guard let section = sections.first(where: { $0.kind == kind }) else { return nil }
    let start = section.byteRange.lowerBound
    let size = section.byteRange.count
    guard size >= layout.firstEntry else {
      throw .malformedXclbin(.wrongTableSize, "section \(kind) has \(size) bytes", byteOffset: start)
    }
    let stated = bytes.littleEndian(at: start, byteCount: layout.countByteCount)
    // A negative number is above every possible count, too.
    let possible = (size - layout.firstEntry) / layout.entryByteCount
    guard stated <= UInt64(possible), layout.firstEntry + Int(stated) * layout.entryByteCount == size else {
      throw .malformedXclbin(
        .wrongTableSize, "section \(kind) states \(stated) entries of \(layout.entryByteCount) bytes in \(size)",
        byteOffset: start)
    }
    let table = Table(layout: layout, start: start, count: Int(stated))
    for index in 0..<table.count where !layout.text.isEmpty {
      _ = try bytes.text(at: table.entry(index) + layout.text.lowerBound, byteCount: layout.text.count)
    }
    return table
  }

  /// Connection: argument, kernel, memory, a signed number of four bytes each.
  private func check(_ connections: Table, kernels: Table?, memories: Table?) throws(BitstreamError) {
    for index in 0..<connections.count {
      let entry = connections.entry(index)
      try check(bytes.littleEndian(at: entry + 4, byteCount: 4), in: kernels, "kernel", at: entry + 4)
      try check(bytes.littleEndian(at: entry + 8, byteCount: 4), in: memories, "memory", at: entry + 8)
    }
  }

  private func check(_ index: UInt64, in table: Table?, _ what: String, at offset: Int) throws(BitstreamError) {
    if table == nil, isForEmulation { return }
    let count = table?.count ?? 0
    guard index < UInt64(count) else {
      throw .malformedXclbin(
        .indexOutOfRange, "a connection names \(what) \(index); there are \(count)", byteOffset: offset)
    }
  }

  /// Whether XML has an element `kernel` outside comments.
  private static func namesKernel(_ xml: ArraySlice<UInt8>) -> Bool {
    let kernel = Array("<kernel".utf8)
    let commentStart = Array("<!--".utf8)
    let commentEnd = Array("-->".utf8)
    var rest = xml
    while let opening = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[opening...]
      if rest.starts(with: commentStart) {
        rest = rest.dropFirst(commentStart.count)
        while !rest.isEmpty, !rest.starts(with: commentEnd) { rest = rest.dropFirst() }
        continue
      }
      if rest.starts(with: kernel), let after = rest.dropFirst(kernel.count).first, " \t\r\n/>".utf8.contains(after) {
        return true
      }
      rest = rest.dropFirst()
    }
    return false
  }
}
