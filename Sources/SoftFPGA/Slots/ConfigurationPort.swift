package import Bitstream

/// The board's configuration port: takes an image word by word, as the device's configuration logic does.
package struct ConfigurationPort: Sendable {
  /// The part whose IDCODE and frame addresses the port knows.
  package let part: Part

  package init(part: Part) { self.part = part }

  /// Writes a .bit file into a slot's frames, in O(bytes).
  ///
  /// - Throws: What the device refuses: another IDCODE, a frame outside the slot, a wrong CRC. Frames written before
  ///   that stay written.
  package func write(_ bitFile: [UInt8], into slot: inout SlotFrames) throws(BitstreamError) {
    try write(BitFile(parsing: bitFile).words, into: &slot)
  }

  /// Writes configuration words into a slot's frames, in O(words).
  ///
  /// - Throws: As above.
  package func write(_ words: [UInt32], into slot: inout SlotFrames) throws(BitstreamError) {
    let region = slot.region
    var writer = FrameWriter(part: part, allowedFrames: region, destination: slot.take())
    defer { slot = writer.destination }
    var decoder = PacketDecoder()
    try decoder.decode(words, into: &writer)
    try decoder.finish()
  }
}
