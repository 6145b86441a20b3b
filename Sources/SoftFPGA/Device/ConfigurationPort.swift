package import Bitstream
internal import Synchronization

/// The board's configuration port: takes an image word by word, as the device's configuration logic does.
///
/// Between two pieces of an image others may read frames, so that no launch waits for a whole image.
package final class ConfigurationPort: Sendable {
  private let logic: Mutex<ConfigurationLogic>

  /// The port of a device whose frames are all zero.
  package init(part: Part) { logic = Mutex(ConfigurationLogic(part: part)) }

  /// The device's status register.
  package var status: ConfigurationStatus { logic.withLock { $0.status } }

  /// The words of frames, in O(frames); empty for ordinals that the part does not have.
  package func readback(_ frames: Range<Int>) -> [UInt32] { logic.withLock { $0.readback(frames) } }

  /// Writes a .bit file, whatever frames it names, in O(bytes); one at a time.
  ///
  /// - Parameters:
  ///   - bitFile: The file.
  ///   - kind: What disturbs the words on their way, if anything does.
  /// - Returns: What the device refused, if anything. Frames written before that stay written.
  package func write(_ bitFile: [UInt8], disturbedBy kind: FaultPlan.Kind? = nil) -> BitstreamError? {
    logic.withLock { $0.reset() }
    do throws(BitstreamError) {
      let file = try BitFile(parsing: bitFile)
      if let disturbance = try kind.flatMap({ kind throws(BitstreamError) in try Disturbance(kind, of: file) }) {
        send(disturbance.applied(to: file.words))
      } else {
        try file.forEachPiece { piece throws(BitstreamError) in logic.withLock { $0.take(piece) } }
      }
    } catch { return error }
    return logic.withLock { logic in
      defer { logic.reset() }
      return logic.finish()
    }
  }

  private func send(_ words: [UInt32]) { logic.withLock { $0.take(words.span) } }
}
