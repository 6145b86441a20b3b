import Bitstream
import Fabric

/// The partials that are measured.
enum BenchmarkPartials {
  /// A part with the rows of the emulated board, 1.05 MB each.
  static func part() throws -> Part {
    try Part(
      name: "softfpga-1", device: DeviceID(rawValue: 0x05F5_A0FF), rows: 8, columns: Array(repeating: 76, count: 37))
  }

  /// A partial of ours for the first frames of the part, all different.
  static func plain(frames count: Int) throws -> [UInt8] {
    try PartialWriter(part: part(), region: [0..<count]).partial(design: "benchmark", words: differentFrames(count))
  }

  /// A compressed partial of ours: nine frames of ten are the same.
  static func compressed(frames count: Int) throws -> [UInt8] {
    try PartialWriter(part: part(), region: [0..<count]).partial(
      design: "benchmark", compressing: true, words: equalFrames(count))
  }

  /// The words of frames that are all different.
  static func differentFrames(_ count: Int) -> [UInt32] {
    var random = SplitMix64(seed: 1)
    return (0..<count * Part.wordsPerFrame).map { _ in UInt32(truncatingIfNeeded: random.next()) }
  }

  /// The words of frames of which nine of ten are zero.
  static func equalFrames(_ count: Int) -> [UInt32] {
    var random = SplitMix64(seed: 2)
    return (0..<count).flatMap { frame in
      let word = frame % 10 == 0 ? UInt32(truncatingIfNeeded: random.next()) : 0
      return Array(repeating: word, count: Part.wordsPerFrame)
    }
  }

  static func verifierOfSlot0() throws -> PartialVerifier {
    let board = try BoardDescriptor(manifest: OwnData.board("zcu106-10-little"))
    return PartialVerifier(part: board.part, region: board.slots[0].frames, policy: board.policy)
  }
}
