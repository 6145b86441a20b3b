/// An xclbin of XRT (`struct axlf`): a header, headers of sections, and the sections.
///
/// Numbers are little-endian. The format has no checksum: an image's SHA-256 is what tells a change. Source: xclbin.h of
/// XRT 2.13, compared with real files.
public struct Xclbin: Sendable, Hashable {
  /// The most sections, which XRT's own reader takes too.
  public static let maximumSectionCount = 0x10000

  /// The version of the tool that wrote it, as `2.13.477`.
  public let version: String
  /// The platform that it is for, as vendor, board, name and version.
  public let platform: String
  /// The 16 bytes that name it; random, no digest.
  public let uuid: [UInt8]
  /// The sections, in the order of their headers.
  public let sections: [XclbinSection]
  /// The whole file.
  public let bytes: [UInt8]

  /// Reads an xclbin, in O(`bytes.count`).
  ///
  /// - Throws: `BitstreamError.tooLarge`, or `.malformedXclbin` with the first fault.
  public init(parsing bytes: [UInt8]) throws(BitstreamError) {
    var reader = XclbinReader(bytes: bytes)
    reader.read()
    if let fault = reader.fault { throw fault }
    (version, platform, uuid) = (reader.version, reader.platform, reader.uuid)
    (sections, self.bytes) = (reader.sections, bytes)
  }

  /// The first bytes of every xclbin.
  static let magic: [UInt8] = Array("xclbin2\0".utf8)
}

/// Reads as much of an xclbin as can be read, and remembers the first thing that is wrong.
struct XclbinReader {
  let bytes: [UInt8]
  private(set) var version = ""
  private(set) var platform = ""
  private(set) var uuid: [UInt8] = []
  /// The sections that lie in the file.
  private(set) var sections: [XclbinSection] = []
  private(set) var fault: BitstreamError?

  private var mode = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func read() {
    do throws(BitstreamError) {
      try readHeader()
    } catch {
      note(error)
      return
    }
    readSections()
    attempt { reader throws(BitstreamError) in try reader.checkOverlaps() }
    attempt { reader throws(BitstreamError) in try reader.checkRepetitions() }
    let tables = XclbinTables(bytes: bytes, sections: sections, isForEmulation: 4...6 ~= mode)
    attempt { _ throws(BitstreamError) in try tables.check() }
  }

  private mutating func attempt(_ check: (borrowing Self) throws(BitstreamError) -> Void) {
    do throws(BitstreamError) { try check(self) } catch { note(error) }
  }

  private mutating func note(_ error: BitstreamError) { fault = fault ?? error }

  /// The offsets of `struct axlf`.
  private enum Offset {
    static let signatureLength = 8
    static let length = 304
    static let version = 328
    static let mode = 332
    static let platform = 352
    static let uuid = 416
    static let sectionCount = 448
    static let sections = 456
  }

  private static let sectionHeaderByteCount = 40

  private mutating func readHeader() throws(BitstreamError) {
    guard bytes.count <= ContainerLimits.byteCount else {
      throw .tooLarge(byteCount: bytes.count, limit: ContainerLimits.byteCount)
    }
    guard bytes.starts(with: Xclbin.magic) else {
      throw .malformedXclbin(.wrongMagic, "it does not begin with 'xclbin2' and a zero byte", byteOffset: 0)
    }
    let smallest = Offset.sections + Self.sectionHeaderByteCount
    guard bytes.count >= smallest else {
      throw .malformedXclbin(.tooShort, "\(bytes.count) bytes; at least \(smallest) are needed", byteOffset: 0)
    }
    let patch = bytes.littleEndian(at: Offset.version, byteCount: 2)
    version = "\(bytes[Offset.version + 2]).\(bytes[Offset.version + 3]).\(patch)"
    mode = Int(bytes.littleEndian(at: Offset.mode, byteCount: 2))
    uuid = Array(bytes[Offset.uuid..<Offset.uuid + 16])
    // -1 says that there is none.
    guard bytes.littleEndian(at: Offset.signatureLength, byteCount: 4) == 0xFFFF_FFFF else {
      throw .malformedXclbin(.signed, "it is signed", byteOffset: Offset.signatureLength)
    }
    platform = try bytes.text(at: Offset.platform, byteCount: 64)
    let length = bytes.littleEndian(at: Offset.length, byteCount: 8)
    if length != UInt64(bytes.count) {
      note(
        .malformedXclbin(
          .wrongLength, "its header says \(length) bytes, it has \(bytes.count)", byteOffset: Offset.length))
    }
  }

  private mutating func readSections() {
    let stated = Int(bytes.littleEndian(at: Offset.sectionCount, byteCount: 4))
    let room = (bytes.count - Offset.sections) / Self.sectionHeaderByteCount
    let count = min(stated, Xclbin.maximumSectionCount, room)
    if stated > count {
      note(
        .malformedXclbin(
          .tooManySections, "\(stated) sections; \(count) are possible", byteOffset: Offset.sectionCount))
    }
    let headersEnd = Offset.sections + count * Self.sectionHeaderByteCount
    for index in 0..<count {
      let offset = Offset.sections + index * Self.sectionHeaderByteCount
      do throws(BitstreamError) {
        sections.append(try section(at: offset, headersEnd: headersEnd))
      } catch {
        note(error)
      }
    }
  }

  /// Section header: kind (4 bytes), name (16), 4 of padding, offset (8), size (8).
  private func section(at offset: Int, headersEnd: Int) throws(BitstreamError) -> XclbinSection {
    let kind = XclbinSection.Kind(rawValue: UInt32(bytes.littleEndian(at: offset, byteCount: 4)))
    let name = try bytes.text(at: offset + 4, byteCount: 16)
    let start = bytes.littleEndian(at: offset + 24, byteCount: 8)
    let size = bytes.littleEndian(at: offset + 32, byteCount: 8)
    let count = UInt64(bytes.count)
    func fail(_ fault: XclbinFault, _ reason: String) -> BitstreamError {
      .malformedXclbin(fault, "section \(kind) \(reason)", byteOffset: offset)
    }
    guard start >= UInt64(headersEnd) else {
      throw fail(.sectionInHeader, "begins at byte \(start), inside the \(headersEnd) bytes of headers")
    }
    guard start % 8 == 0 else { throw fail(.sectionUnaligned, "begins at byte \(start), no multiple of 8") }
    guard start <= count, size <= count - start else {
      throw fail(.sectionOutside, "has \(size) bytes from byte \(start) on; the file has \(count)")
    }
    return XclbinSection(kind: kind, name: name, byteRange: Int(start)..<Int(start + size))
  }

  private func checkOverlaps() throws(BitstreamError) {
    let inOrder = sections.filter { !$0.byteRange.isEmpty }.sorted { $0.byteRange.lowerBound < $1.byteRange.lowerBound }
    for (section, next) in zip(inOrder, inOrder.dropFirst())
    where section.byteRange.upperBound > next.byteRange.lowerBound {
      throw .malformedXclbin(
        .sectionsOverlap, "sections \(section.kind) and \(next.kind) share bytes",
        byteOffset: next.byteRange.lowerBound)
    }
  }

  private func checkRepetitions() throws(BitstreamError) {
    var seen: Set<XclbinSection.Kind> = []
    for section in sections where section.kind != .softKernel && !seen.insert(section.kind).inserted {
      throw .malformedXclbin(
        .sectionRepeated, "section \(section.kind) comes twice", byteOffset: section.byteRange.lowerBound)
    }
  }
}

extension [UInt8] {
  /// The number in up to eight bytes, lowest first; the bytes must be there.
  func littleEndian(at offset: Int, byteCount: Int) -> UInt64 {
    self[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The text in a field of so many bytes, which must be there, up to a zero byte; other bytes than printable ASCII
  /// show as `?`.
  func text(at offset: Int, byteCount: Int) throws(BitstreamError) -> String {
    let field = self[offset..<offset + byteCount]
    guard let end = field.firstIndex(of: 0) else {
      throw .malformedXclbin(.textUnterminated, "a text of \(byteCount) bytes has no end", byteOffset: offset)
    }
    return String(decoding: field[..<end].map { 0x20...0x7E ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
}
