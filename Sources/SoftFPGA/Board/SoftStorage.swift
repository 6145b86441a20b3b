public import Fabric
internal import Synchronization

/// The card that an emulated board reads its images from: another source's bytes, at the card's rate.
///
/// A read takes `byteCount / storageBytesPerSecond` of the board's time. Reads go one after another, in the order in
/// which they were asked for. A source that is slower than the card counts as an overrun in the board's health.
public final class SoftStorage: ImageSource {
  private let source: any ImageSource
  private let board: SoftBoard
  /// When the card will have served everything that was asked for.
  private let freeFrom = Mutex(BoardInstant(nanoseconds: .min))

  /// Puts the card of `board` before a source.
  public init(_ source: any ImageSource, of board: SoftBoard) {
    self.source = source
    self.board = board
  }

  /// Reads the bytes of one partial.
  ///
  /// - Throws: What the source throws, at once; ``ImageSourceError/unreadable(_:_:)`` if the task is cancelled while it
  ///   waits.
  @concurrent public func read(_ partial: PartialReference) async throws(ImageSourceError) -> [UInt8] {
    let duration = transferTime(of: partial.byteCount, bytesPerSecond: board.descriptor.storageBytesPerSecond)
    let now = board.time.now.board
    let end = freeFrom.withLock { freeFrom in
      freeFrom = max(freeFrom, now) + duration
      return freeFrom
    }
    let bytes = try await source.read(partial)
    if board.time.now.board > end { board.countOverrun() }
    do {
      try await board.time.sleep(until: .board(end))
    } catch { throw .unreadable(partial.digest, "the read was cancelled") }
    return bytes
  }
}
