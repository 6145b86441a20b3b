import Digests
import Fabric
import SoftFPGA
import TestBench
import Testing

@Suite(.timeLimit(.minutes(1))) struct SoftStorageTests {
  /// Images that are just there.
  private struct Shelf: ImageSource {
    var contents: [Digest: [UInt8]]
    @concurrent func read(_ partial: PartialReference) async throws(ImageSourceError) -> [UInt8] {
      guard let bytes = contents[partial.digest] else { throw .missing(partial.digest) }
      return bytes
    }
  }

  private func reference(_ bytes: [UInt8]) -> PartialReference {
    PartialReference(slot: TinyBoard.little, digest: Digest(of: bytes), byteCount: bytes.count)
  }

  @Test func `a read takes its bytes at the card's rate`() async throws {
    let time = JumpingTime()
    let board = SoftBoard(try TinyBoard.descriptor(storageBytesPerSecond: 1000), time: time)
    let bytes = [UInt8](repeating: 1, count: 250)
    let storage = SoftStorage(Shelf(contents: [Digest(of: bytes): bytes]), of: board)
    #expect(try await storage.read(reference(bytes)) == bytes)
    #expect(time.now.board == .milliseconds(250))
    #expect(await board.health() == BoardHealth())
  }

  @Test func `reads go one after another`() async throws {
    let time = ManualTime()
    let board = SoftBoard(try TinyBoard.descriptor(storageBytesPerSecond: 1000), time: time)
    let (a, b) = ([UInt8](repeating: 1, count: 100), [UInt8](repeating: 2, count: 50))
    let storage = SoftStorage(Shelf(contents: [Digest(of: a): a, Digest(of: b): b]), of: board)
    async let first = storage.read(reference(a))
    await time.waitForSleepers(1)
    async let second = storage.read(reference(b))
    await time.waitForSleepers(2)
    // The second would be there at 50 ms if the card served both at once.
    #expect(time.deadlines == [.milliseconds(100), .milliseconds(150)])
    time.advance(to: .milliseconds(150))
    #expect(try await first == a)
    #expect(try await second == b)
  }

  @Test func `what the source cannot read is passed on`() async throws {
    let board = SoftBoard(try TinyBoard.descriptor(), time: JumpingTime())
    let storage = SoftStorage(Shelf(contents: [:]), of: board)
    await #expect(throws: ImageSourceError.missing(Digest(of: [1]))) { try await storage.read(reference([1])) }
  }

  @Test func `a source that is slower than the card counts as an overrun of the board`() async throws {
    let board = SoftBoard(
      try TinyBoard.descriptor(storageBytesPerSecond: 1000), time: JumpingTime(delayPerReading: .seconds(1)))
    let bytes = [UInt8](repeating: 1, count: 250)
    let storage = SoftStorage(Shelf(contents: [Digest(of: bytes): bytes]), of: board)
    #expect(try await storage.read(reference(bytes)) == bytes)
    #expect(await board.health().overrunCount == 1)
  }
}
