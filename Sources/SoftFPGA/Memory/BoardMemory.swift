public import Fabric

/// A board's memory: buffers at addresses, each owned by a job and zeroed before the job sees it.
///
/// Buffers begin at multiples of ``alignment`` and take whole multiples of it. What was never written is not stored, so
/// an unused buffer costs nothing.
public struct BoardMemory: Sendable {
  /// Where buffers begin, in bytes; the width of a memory port of 512 bits.
  public static let alignment = 64
  /// The first address; below it lies nothing, so that an argument of zero is never a buffer.
  public static let baseAddress = 0x1_0000

  private struct Buffer {
    let owner: JobID
    let addresses: Range<Int>
    let byteCount: Int
    /// The buffer's first bytes, at most `byteCount`; those behind them are zero.
    var written: [UInt8] = []
  }

  private var free: FreeRuns
  private var buffers: [BufferID: Buffer] = [:]
  /// The buffers by where they begin, sorted.
  private var byAddress: [(address: Int, buffer: BufferID)] = []
  private var lastID: UInt64 = 0

  /// An empty memory; `byteCount` is rounded down to a multiple of ``alignment``.
  public init(byteCount: Int) {
    let usable = max(byteCount, 0) / Self.alignment * Self.alignment
    free = FreeRuns(Self.baseAddress..<Self.baseAddress + usable)
  }

  /// The bytes of the largest buffer that could be allocated; O(free runs).
  public var largestFreeByteCount: Int { free.longest }

  /// Reserves a zeroed buffer, first fit; a count below 0 counts as 0; O(free runs + buffers).
  ///
  /// - Throws: ``BoardError/outOfMemory(requestedByteCount:freeByteCount:)`` with the largest free piece.
  public mutating func allocate(_ byteCount: Int, for job: JobID) throws(BoardError) -> BufferID {
    let longest = free.longest
    guard byteCount <= longest, let addresses = free.take(Self.roundedUp(max(byteCount, 0))) else {
      throw .outOfMemory(requestedByteCount: byteCount, freeByteCount: longest)
    }
    lastID += 1
    let id = BufferID(rawValue: lastID)
    buffers[id] = Buffer(owner: job, addresses: addresses, byteCount: max(byteCount, 0))
    byAddress.insert((addresses.lowerBound, id), at: position(of: addresses.lowerBound))
    return id
  }

  /// Gives a buffer back; an unknown one is ignored; O(free runs + buffers).
  public mutating func release(_ id: BufferID) {
    guard let buffer = buffers.removeValue(forKey: id) else { return }
    free.giveBack(buffer.addresses)
    byAddress.remove(at: position(of: buffer.addresses.lowerBound))
  }

  /// Writes at the start of a buffer.
  ///
  /// - Throws: ``BoardError/unknownBuffer(_:)``, ``BoardError/bufferTooSmall(_:byteCount:neededByteCount:)``.
  public mutating func write(_ bytes: [UInt8], to id: BufferID) throws(BoardError) {
    try check(bytes.count, in: id)
    buffers[id]?.written.replacePrefix(with: bytes)
  }

  /// Reads the first `byteCount` bytes of a buffer; a count below 0 counts as 0.
  ///
  /// - Throws: ``BoardError/unknownBuffer(_:)``, ``BoardError/bufferTooSmall(_:byteCount:neededByteCount:)``.
  public func read(_ byteCount: Int, from id: BufferID) throws(BoardError) -> [UInt8] {
    try check(byteCount, in: id)
    guard let written = buffers[id]?.written, byteCount > 0 else { return [] }
    if byteCount == written.count { return written }
    let stored = written.prefix(byteCount)
    return stored + Array(repeating: 0, count: byteCount - stored.count)
  }

  /// The address of a buffer that has at least `byteCount` bytes.
  ///
  /// - Throws: ``BoardError/unknownBuffer(_:)``, ``BoardError/bufferTooSmall(_:byteCount:neededByteCount:)``.
  public func address(of id: BufferID, holding byteCount: Int) throws(BoardError) -> UInt64 {
    UInt64(try check(byteCount, in: id).addresses.lowerBound)
  }

  /// The owner of a buffer; nil for an unknown one.
  public func owner(of id: BufferID) -> JobID? { buffers[id]?.owner }

  /// The job's buffer that begins at an address and has at least `byteCount` bytes; nil where there is none or it is
  /// another job's; O(log buffers).
  public func buffer(at address: UInt64, holding byteCount: Int, of job: JobID) -> BufferID? {
    guard let address = Int(exactly: address) else { return nil }
    let index = position(of: address)
    guard index < byAddress.count, byAddress[index].address == address else { return nil }
    let id = byAddress[index].buffer
    guard let buffer = buffers[id], buffer.owner == job, byteCount <= buffer.byteCount else { return nil }
    return id
  }

  @discardableResult
  private func check(_ byteCount: Int, in id: BufferID) throws(BoardError) -> Buffer {
    guard let buffer = buffers[id] else { throw .unknownBuffer(id) }
    guard byteCount <= buffer.byteCount else {
      throw .bufferTooSmall(id, byteCount: buffer.byteCount, neededByteCount: byteCount)
    }
    return buffer
  }

  /// Where in `byAddress` a buffer at the address stands, or would.
  private func position(of address: Int) -> Int {
    var (low, high) = (0, byAddress.count)
    while low < high {
      let middle = (low + high) / 2
      if byAddress[middle].address < address { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The addresses that a buffer takes; even an empty one has an address of its own.
  private static func roundedUp(_ byteCount: Int) -> Int {
    max((byteCount + alignment - 1) / alignment, 1) * alignment
  }
}

extension [UInt8] {
  /// Overwrites the first bytes with others, growing where there are fewer.
  fileprivate mutating func replacePrefix(with bytes: [UInt8]) {
    if bytes.count >= count { self = bytes } else { replaceSubrange(0..<bytes.count, with: bytes) }
  }
}
