/// The configuration words of a file, in place: in a .bit file's field e, or as a .bin file, which is words alone.
public struct ConfigurationPayload: Sendable, Hashable {
  /// The bytes of the words, at least one word; a view of the file's bytes.
  public let bytes: ArraySlice<UInt8>
  /// The order of the bytes of a word.
  public let order: WordOrder
  /// The .bit file around them; nil for a .bin file.
  public let container: BitFile?

  /// Finds the words in a file, in O(1) but for a .bit file's texts.
  ///
  /// - Throws: `BitstreamError.tooLarge`, `.malformedContainer`, also for an xclbin, `.noSyncWord`,
  ///   `.ambiguousWordOrder`.
  public init(parsing file: [UInt8]) throws(BitstreamError) {
    switch BitstreamFile.Format(of: file) {
    case .bit:
      let file = try BitFile(parsing: file)
      self.init(bytes: file.payload, order: .bigEndian, container: file)
    case .bin:
      let file = try BinFile(parsing: file[...])
      self.init(bytes: file.payload, order: file.order)
    case .xclbin: throw .malformedContainer("it is an xclbin, which holds .bit files in sections", byteOffset: 0)
    }
  }

  /// Wraps bytes that are whole words, at least one.
  init(bytes: ArraySlice<UInt8>, order: WordOrder, container: BitFile? = nil) {
    (self.bytes, self.order, self.container) = (bytes, order, container)
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
  /// Stores the words that bytes hold at the beginning of an array that has room for them.
  func copyWords(from bytes: RawSpan, into words: inout [UInt32]) {
    var words = words.mutableSpan
    for index in 0..<min(bytes.byteCount / 4, words.count) {
      let word = bytes.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
      words[index] = self == .bigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
    }
  }
}
