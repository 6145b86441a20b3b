package import Bitstream

/// The board's configuration port: takes an image word by word, as the device's configuration logic does.
package struct ConfigurationPort: Sendable {
  /// The part whose IDCODE and frame addresses the port knows.
  package let part: Part

  package init(part: Part) { self.part = part }

  /// Writes a .bit or .bin file into a slot's frames, in O(bytes).
  ///
  /// - Throws: What the device refuses: another IDCODE, a frame outside the slot, a wrong CRC. Frames written before
  ///   that stay written.
  package func write(_ file: [UInt8], into slot: inout SlotFrames) throws(BitstreamError) {
    let payload = try ConfigurationPayload(parsing: file)
    try take(into: &slot) { decoder, writer throws(BitstreamError) in
      try payload.forEachPiece { piece throws(BitstreamError) in try decoder.decode(piece, into: &writer) }
    }
  }

  /// Writes configuration words into a slot's frames, in O(words).
  ///
  /// - Throws: As above.
  package func write(_ words: [UInt32], into slot: inout SlotFrames) throws(BitstreamError) {
    try take(into: &slot) { decoder, writer throws(BitstreamError) in try decoder.decode(words, into: &writer) }
  }

  private func take(
    into slot: inout SlotFrames,
    _ decode: (inout PacketDecoder, inout FrameWriter<SlotFrames>) throws(BitstreamError) -> Void
  ) throws(BitstreamError) {
    let region = slot.region
    var writer = FrameWriter(part: part, allowedFrames: region, destination: slot.take())
    defer { slot = writer.destination }
    var decoder = PacketDecoder()
    try decode(&decoder, &writer)
    try decoder.finish()
  }
}
