/// The configuration words of a file, in place: in a .bit file's field e, or as a .bin file, which is words alone.
public struct ConfigurationPayload: Sendable, Hashable {
  /// The bytes of the words, at least one word; a view of the file's bytes.
  public let bytes: ArraySlice<UInt8>
  /// The order of the bytes of a word.
  public let order: WordOrder
  /// The .bit file around them; nil for a .bin file.
  public let container: BitFile?

  /// Finds the words in a file: a .bit file by its first bytes, a .bin file by its first sync word, in O(n).
  ///
  /// - Throws: `BitstreamError.tooLarge`, `.malformedContainer`.
  public init(parsing file: [UInt8]) throws(BitstreamError) {
    if file.starts(with: BitFile.preamble) {
      let bitFile = try BitFile(parsing: file)
      (bytes, order, container) = (bitFile.payload, .bigEndian, bitFile)
      return
    }
    guard file.count <= BitFile.maximumByteCount else {
      throw .tooLarge(byteCount: file.count, limit: BitFile.maximumByteCount)
    }
    guard file.count % 4 == 0, let order = WordOrder(ofFirstSyncWordIn: file) else {
      throw .malformedContainer("no .bit file begins so, and no .bin file has no sync word", byteOffset: 0)
    }
    (bytes, self.order, container) = (file[...], order, nil)
  }

  /// The words, in O(n).
  var words: [UInt32] { order.words(ofWholeWords: bytes) }

  /// The number of words.
  public var wordCount: Int { bytes.count / 4 }

  /// Hands the words on in pieces, in O(n): through one buffer of a few KB, so that no copy of a large image is made.
  public func forEachPiece(_ body: (Span<UInt32>) throws(BitstreamError) -> Void) throws(BitstreamError) {
    var piece = [UInt32](repeating: 0, count: min(wordCount, Self.wordsPerPiece))
    var next = 0
    while next < wordCount {
      let count = min(Self.wordsPerPiece, wordCount - next)
      order.copyWords(from: bytes.span.bytes.extracting(4 * next..<4 * (next + count)), into: &piece)
      try body(piece.span.extracting(first: count))
      next += count
    }
  }

  /// A multiple of a frame's words, so that frames of long blocks are rarely cut in two; 4.4 KB stay in the first cache.
  private static let wordsPerPiece = 12 * Part.wordsPerFrame
}

extension WordOrder {
  /// The order in which the first sync word stands in a file of words; nil if there is none.
  init?(ofFirstSyncWordIn file: [UInt8]) {
    for start in stride(from: 0, to: file.count - 3, by: 4) {
      switch (file[start], file[start + 1], file[start + 2], file[start + 3]) {
      case (0xAA, 0x99, 0x55, 0x66): self = .bigEndian
      case (0x66, 0x55, 0x99, 0xAA): self = .littleEndian
      default: continue
      }
      return
    }
    return nil
  }

  /// Stores the words that bytes hold at the beginning of an array that has room for them.
  func copyWords(from bytes: RawSpan, into words: inout [UInt32]) {
    var words = words.mutableSpan
    for index in 0..<min(bytes.byteCount / 4, words.count) {
      let word = bytes.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
      words[index] = self == .bigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
    }
  }
}
