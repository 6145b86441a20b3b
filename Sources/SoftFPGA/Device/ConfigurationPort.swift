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

  /// Writes a .bit or .bin file, whatever frames it names, in O(bytes); one at a time.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - kind: What disturbs the words on their way, if anything does.
  /// - Returns: What the device refused, if anything. Frames written before that stay written.
  package func write(_ file: [UInt8], disturbedBy kind: FaultPlan.Kind? = nil) -> BitstreamError? {
    logic.withLock { $0.reset() }
    do throws(BitstreamError) {
      let payload = try ConfigurationPayload(parsing: file)
      if let kind, let disturbance = try Disturbance(kind, of: payload) {
        let words = try disturbance.words(of: payload)
        logic.withLock { $0.take(words.span) }
      } else {
        try payload.forEachPiece { piece throws(BitstreamError) in logic.withLock { $0.take(piece) } }
      }
    } catch { return error }
    return logic.withLock { logic in
      defer { logic.reset() }
      return logic.finish()
    }
  }
}
