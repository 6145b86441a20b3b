internal import Fabric

/// The board memory of one job: a ring of item buffers for every edge.
struct JobMemory: Sendable {
  private var rings: [EdgeName: [BufferID]] = [:]

  /// The bytes of all buffers.
  private(set) var byteCount = 0

  var buffers: [BufferID] { rings.values.flatMap(\.self) }

  mutating func append(_ buffer: BufferID, _ bufferByteCount: Int, to edge: EdgeName) {
    rings[edge, default: []].append(buffer)
    byteCount += bufferByteCount
  }

  /// The buffer of a ring position; positions count on beyond the ring's end.
  func buffer(_ edge: EdgeName, _ ringIndex: Int) -> BufferID? {
    guard let ring = rings[edge], !ring.isEmpty else { return nil }
    return ring[ringIndex % ring.count]
  }
}

/// Memory on its way back to the board.
struct Freeing {
  let number: Int
  let task: Task<Void, Never>
}
