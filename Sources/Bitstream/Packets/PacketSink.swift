/// One thing that a configuration stream asks the device to do, or a word between streams.
///
/// Frame data follow on a path of their own.
public enum PacketEvent: Sendable, Hashable {
  /// A word outside streams that belongs there: a dummy or bus width word, or a NOOP after a stream.
  case filler(UInt32)
  /// A word outside streams that has no business there; a device ignores it.
  case stray(UInt32)
  /// A sync word was found: packets follow.
  case synchronized
  /// So many NOOP packets; a long run may come in several events.
  case noOperations(Int)
  /// A packet that no tool writes begins: a register that takes words one by one gets none, several, or one by a type 2
  /// packet; or frame data of no words. What it writes is told as ever.
  case irregularPacket(ConfigurationRegister, wordCount: Int)
  /// A word was written to a register that has no case of its own below.
  case write(ConfigurationRegister, value: UInt32)
  /// A command other than DESYNC was given.
  case command(ConfigurationCommand)
  /// Words are to be read back.
  case read(ConfigurationRegister, wordCount: Int)
  /// A block of frame data begins; all its words come by `PacketSink.frameData(_:at:)`, before the next event.
  case frameDataBegins(wordCount: Int)
  /// The last frame is to be repeated at the current address (compressed bitstreams). Its words are dummies: those
  /// that are not zero follow as writes to MFWR.
  case multipleFrameWrite(wordCount: Int)
  /// A stored CRC was compared. The decoder goes on either way; the sink decides.
  case crcChecked(CRCCheck)
  /// The words for the next die begin: streams with sync word, device and CRC of their own.
  case nestedStream(wordCount: Int)
  /// The words for the next die ended; the stream around them goes on.
  case nestedStreamEnded
  /// The stream ended by DESYNC; another may follow.
  case desynchronized
  /// A word that belongs before a stream stands inside one: the stream ends there without DESYNC, as in files that go on
  /// at another speed after BSPI_READ.
  case brokenOff
  /// The stream makes no sense from here on. If the sink does not throw the error, the next sync word is searched.
  case malformed(BitstreamError)
}

/// Takes what a `PacketDecoder` finds.
public protocol PacketSink {
  /// Takes one event.
  ///
  /// - Parameters:
  ///   - event: What was found.
  ///   - wordOffset: Where its last word stands, in words from the first given to the decoder.
  /// - Throws: What makes the stream unacceptable; decoding stops.
  mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError)

  /// Takes the next words of the current block of frame data: any number of them, as the stream was cut.
  ///
  /// - Parameters:
  ///   - words: Words written to FDRI, already in the CRC.
  ///   - wordOffset: Where the first of them stands.
  /// - Throws: What makes the stream unacceptable; decoding stops.
  mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError)
}
