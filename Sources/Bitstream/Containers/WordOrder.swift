/// The order of the bytes of a configuration word in a file.
public enum WordOrder: Sendable, Hashable {
  /// Highest byte first, as in .bit files.
  case bigEndian
  /// Lowest byte first, as in the .bin files that a Linux FPGA manager takes.
  case littleEndian
}

extension WordOrder {
  /// The words that bytes hold, in O(`bytes.count`).
  ///
  /// - Throws: `BitstreamError.malformedContainer` unless the bytes are whole words of four bytes.
  public func words(of bytes: [UInt8]) throws(BitstreamError) -> [UInt32] {
    guard bytes.count % 4 == 0 else {
      throw .malformedContainer("\(bytes.count) bytes are not whole words of 4", byteOffset: bytes.count & ~3)
    }
    return words(ofWholeWords: bytes[...])
  }

  /// The words that bytes hold whose count is known to be a multiple of four.
  func words(ofWholeWords bytes: ArraySlice<UInt8>) -> [UInt32] {
    bytes.withUnsafeBytes { raw in
      [UInt32](unsafeUninitializedCapacity: raw.count / 4) { buffer, initializedCount in
        for index in 0..<raw.count / 4 {
          let word = raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
          let value = self == .bigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
          buffer.initializeElement(at: index, to: value)
        }
        initializedCount = raw.count / 4
      }
    }
  }

  /// The bytes that hold words, in O(`words.count`).
  public func bytes(of words: [UInt32]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 4 * words.count) { buffer, initializedCount in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      for (index, word) in words.enumerated() {
        let ordered = self == .bigEndian ? word.bigEndian : word.littleEndian
        raw.storeBytes(of: ordered, toByteOffset: 4 * index, as: UInt32.self)
      }
      initializedCount = 4 * words.count
    }
  }
}
