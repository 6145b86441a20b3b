/// A .bin file: configuration words and nothing else, in either order of their bytes.
///
/// It states neither design nor part, and the order only by its sync word: 0xAA995566 where the highest byte comes
/// first, as in the payload of a .bit file, 0x665599AA where the bytes of each word are swapped.
public struct BinFile: Sendable, Hashable {
  /// The sync word is searched in so many words; real files have it at the 21st.
  public static let maximumLeadWordCount = 1024

  /// The order of the bytes of each word.
  public let order: WordOrder
  /// The configuration words: all bytes of the file.
  public let payload: ArraySlice<UInt8>

  /// Reads a .bin file, in O(1).
  ///
  /// - Throws: `BitstreamError.tooLarge`, `.malformedContainer` unless the bytes are whole words, `.noSyncWord`, and
  ///   `.ambiguousWordOrder` where the sync word of both orders is among the first `maximumLeadWordCount` words.
  public init(parsing bytes: ArraySlice<UInt8>) throws(BitstreamError) {
    guard bytes.count <= ContainerLimits.byteCount else {
      throw .tooLarge(byteCount: bytes.count, limit: ContainerLimits.byteCount)
    }
    guard bytes.count % 4 == 0 else {
      throw .malformedContainer("\(bytes.count) bytes are not whole words of 4", byteOffset: bytes.endIndex & ~3)
    }
    order = try Self.findOrder(of: bytes)
    payload = bytes
  }

  /// The order that the sync word shows.
  static func findOrder(of bytes: ArraySlice<UInt8>) throws(BitstreamError) -> WordOrder {
    let lead = WordOrder.bigEndian.words(ofWholeWords: bytes.prefix(bytes.prefix(4 * maximumLeadWordCount).count & ~3))
    let bigEndian = lead.firstIndex(of: PacketHeader.syncWord)
    let littleEndian = lead.firstIndex(of: PacketHeader.syncWord.byteSwapped)
    switch (bigEndian, littleEndian) {
    case (nil, nil): throw .noSyncWord(searchedWordCount: lead.count)
    case (_?, nil): return .bigEndian
    case (nil, _?): return .littleEndian
    case (let bigEndian?, let littleEndian?):
      throw .ambiguousWordOrder(bigEndianWordOffset: bigEndian, littleEndianWordOffset: littleEndian)
    }
  }
}
