internal import Synchronization

/// A slot's frames where they stay: the port fills them in place, and a launch reads the first one.
///
/// Reserved and touched when the board begins, as a device's are: a first write into fresh pages takes several times as long.
final class FrameMemory: Sendable {
  let region: [Range<Int>]
  private let frames: Mutex<SlotFrames>

  init(region: [Range<Int>]) {
    let frames = SlotFrames(region: region)
    self.region = frames.region
    self.frames = Mutex(frames)
  }

  var firstFrame: [UInt32] { frames.withLock { $0.firstFrame } }

  func erase() { frames.withLock { $0.erase() } }

  func fill<Failure>(_ body: (inout SlotFrames) throws(Failure) -> Void) throws(Failure) {
    try frames.withLock { frames throws(Failure) in try body(&frames) }
  }
}
