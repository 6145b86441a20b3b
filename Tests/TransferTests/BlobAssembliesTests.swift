import Digests
import Fabric
import Messages
import Testing
import Transfer

@Suite struct BlobAssembliesTests {
  let start = WallInstant(nanoseconds: 0)
  let peer = Peer.accepted(connection: [1])
  let other = Peer.accepted(connection: [2])
  var assemblies = BlobAssemblies()

  @Test mutating func `chunks in order make the blob`() {
    let blob = BlobReference([1, 2, 3, 4])
    #expect(take(blob, 0, [1]) == .acknowledge(received: 1))
    #expect(take(blob, 1, [2, 3]) == .acknowledge(received: 3))
    #expect(take(blob, 3, [4]) == .store([1, 2, 3, 4]))
    #expect(take(blob, 3, [4]) == .ignore)
    #expect(take(blob, 0, []) == .ignore)
    assemblies.finish(blob, from: peer)
    #expect(!assemblies.holds(blob, from: peer))
  }

  @Test mutating func `another offset is told where to go on`() {
    let blob = BlobReference([1, 2, 3, 4])
    #expect(take(blob, 2, [3]) == .acknowledge(received: 0))
    #expect(!assemblies.holds(blob, from: peer))
    #expect(take(blob, 0, [1, 2]) == .acknowledge(received: 2))
    #expect(take(blob, 0, [1, 2]) == .acknowledge(received: 2))
    #expect(take(blob, 3, [4]) == .acknowledge(received: 2))
    #expect(take(blob, 0, [1, 2, 3, 4]) == .acknowledge(received: 2))
    #expect(take(blob, 2, [3, 4]) == .store([1, 2, 3, 4]))
  }

  @Test mutating func `an empty blob is whole at once`() {
    #expect(take(BlobReference([]), 0, []) == .store([]))
  }

  @Test mutating func `a question takes no room`() {
    let blob = BlobReference([1])
    #expect(take(blob, 0, []) == .acknowledge(received: 0))
    #expect(take(blob, 1, []) == .acknowledge(received: 0))
    #expect(!assemblies.holds(blob, from: peer))
  }

  @Test mutating func `two peers do not share an assembly`() {
    let blob = BlobReference([1, 2])
    #expect(take(blob, 0, [9]) == .acknowledge(received: 1))
    #expect(take(blob, 0, [1], from: other) == .acknowledge(received: 1))
    #expect(take(blob, 1, [2], from: other) == .store([1, 2]))
    #expect(assemblies.holds(blob, from: peer))
  }

  @Test mutating func `nothing outside of the blob or the limits is taken`() {
    let digest = Digest(of: [])
    let limit = Limits.blobByteCount
    for byteCount in [-1, limit + 1, .max] {
      let blob = BlobReference(digest: digest, byteCount: byteCount)
      #expect(take(blob, 0, []) == .refuse(.blobTooLarge(byteCount: byteCount, limit: limit)))
    }
    let blob = BlobReference(digest: digest, byteCount: 4)
    for (offset, bytes) in [(-1, [UInt8]()), (5, []), (4, [1]), (0, [1, 2, 3, 4, 5]), (.max, [1])] {
      #expect(take(blob, offset, bytes) == .refuse(.badRange(offset: offset, count: bytes.count, limit: 4)))
    }
    let large = [UInt8](repeating: 0, count: MessageLimits.chunkByteCount + 1)
    #expect(
      take(BlobReference(large), 0, large)
        == .refuse(.badRange(offset: 0, count: large.count, limit: MessageLimits.chunkByteCount)))
  }

  @Test mutating func `without room a busy assembly stays and a quiet one gives way, the oldest first`() {
    let blobs = (0...64).map { BlobReference(digest: Digest(of: [UInt8($0)]), byteCount: 2) }
    for (index, blob) in blobs.prefix(64).enumerated() {
      #expect(take(blob, 0, [0], at: .milliseconds(index)) == .acknowledge(received: 1))
    }
    #expect(take(blobs[64], 0, [0], at: .seconds(4)) == .refuse(.deskFull))
    // The first one goes on, so the second is the oldest now.
    #expect(take(blobs[0], 0, [], at: .seconds(4)) == .acknowledge(received: 1))
    #expect(take(blobs[64], 0, [0], at: .seconds(6)) == .acknowledge(received: 1))
    #expect(blobs.filter { !assemblies.holds($0, from: peer) } == [blobs[1]])
  }

  @Test mutating func `the bytes of all are limited as they will be`() {
    let count = BlobAssemblies.byteLimit / Limits.blobByteCount
    for index in 0..<count {
      let blob = BlobReference(digest: Digest(of: [UInt8(index)]), byteCount: Limits.blobByteCount)
      #expect(take(blob, 0, [0]) == .acknowledge(received: 1))
    }
    let small = BlobReference([1, 2])
    #expect(take(small, 0, [1]) == .refuse(.deskFull))
    #expect(take(small, 0, [1], at: BlobAssemblies.busyDuration) == .acknowledge(received: 1))
    #expect(take(small, 1, [2], at: BlobAssemblies.busyDuration) == .store([1, 2]))
  }

  @Test mutating func `what nobody goes on with is dropped, but not what is being stored`() {
    let (quiet, whole) = (BlobReference([1, 2]), BlobReference([3]))
    #expect(take(quiet, 0, [1]) == .acknowledge(received: 1))
    #expect(take(whole, 0, [3]) == .store([3]))
    let later = BlobAssemblies.idleLimit
    #expect(take(BlobReference([4, 5]), 0, [4], at: later - .nanoseconds(1)) == .acknowledge(received: 1))
    #expect(assemblies.holds(quiet, from: peer))
    #expect(take(BlobReference([4, 5]), 0, [], at: later) == .acknowledge(received: 1))
    #expect(!assemblies.holds(quiet, from: peer))
    #expect(assemblies.holds(whole, from: peer))
  }

  private mutating func take(
    _ blob: BlobReference, _ offset: Int, _ bytes: [UInt8], from peer: Peer? = nil, at time: Duration = .zero
  ) -> BlobAssemblies.ChunkAction {
    assemblies.take(
      BlobChunk(blob: blob, offset: offset, bytes: bytes), from: peer ?? self.peer, at: start + time)
  }
}
