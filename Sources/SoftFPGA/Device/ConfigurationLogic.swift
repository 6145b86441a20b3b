package import Bitstream

/// An emulated device as its configuration port sees it: words go in, frames and a status come out.
///
/// It checks no slots: what lies past the verifier is the stream's to write, as in silicon.
package struct ConfigurationLogic: Sendable {
  /// What stopped the stream; it takes no words then until ``reset()``.
  package private(set) var fault: BitstreamError?
  private var decoder = PacketDecoder()
  private var frames: FrameLogic

  /// A device that was configured with its static shell, all frames zero.
  package init(part: Part) { frames = FrameLogic(part: part) }

  package var part: Part { frames.part }
  /// The status register; an error stays until the next sync word, a wrong CRC until the next RCRC.
  package var status: ConfigurationStatus { frames.status }
  /// Whether words are taken as packets, or ignored until a sync word.
  package var isSynchronized: Bool { frames.isSynchronized }

  /// The words of frames, in O(frames); empty for ordinals that the part does not have.
  package func readback(_ frames: Range<Int>) -> [UInt32] { self.frames.words(ofFrames: frames) }

  /// Takes the next words, in O(words).
  package mutating func take(_ words: Span<UInt32>) {
    guard fault == nil else { return }
    do throws(BitstreamError) {
      try decoder.decode(words, into: &frames)
    } catch {
      fault = error
      frames.note(error)
    }
  }

  /// What is wrong after the last word: what stopped the stream, or that it does not end.
  package func finish() -> BitstreamError? {
    if let fault { return fault }
    do throws(BitstreamError) {
      try decoder.finish()
      return nil
    } catch { return error }
  }

  /// The port's abort sequence: forgets the stream, and leaves frames and status as they are.
  package mutating func reset() {
    fault = nil
    decoder = PacketDecoder()
    frames.reset()
  }
}
