internal import Bitstream
internal import SoftFPGA

/// An emulated device at work with something in every frame, which places frames with code of its own.
struct RunningDevice: Sendable {
  private let logic: ConfigurationLogic

  /// Fails where a plain partial for all its frames is refused.
  init?(part: Part) {
    let content = [UInt32](repeating: 0x5AA5_F00F, count: part.frameCount * Part.wordsPerFrame)
    guard let writer = try? PartialWriter(part: part, region: [0..<part.frameCount]),
      let image = try? writer.partial(design: "whole", words: content),
      let file = try? BitFile(parsing: image)
    else { return nil }
    var logic = ConfigurationLogic(part: part)
    logic.take(file.words.span)
    guard logic.finish() == nil, logic.status == .operating, logic.readback(0..<part.frameCount) == content else {
      return nil
    }
    self.logic = logic
  }

  /// Checks that a device takes words, goes on working, and has in each frame what was placed, or what it had before.
  func check(_ words: [UInt32], doWhatWasPlaced placed: WrittenFrames) throws(Disagreement) {
    var after = logic
    after.take(words.span)
    let refusal = after.finish()
    try Disagreement.unless(
      refusal == nil, "what is verified is refused by the device: \(String(describing: refusal))")
    try Disagreement.unless(after.status == .operating, "what is verified stops the device: \(after.status)")
    for frame in 0..<logic.part.frameCount {
      let before = WrittenFrames.checksum(of: logic.readback(frame..<frame + 1).span)
      let now = WrittenFrames.checksum(of: after.readback(frame..<frame + 1).span)
      try Disagreement.unless(
        now == placed.checksums[frame] ?? before, "the device has something else in frame \(frame) than was verified")
    }
  }
}
