import Fabric
import SoftFPGA
import Testing

@Suite struct BoardMemoryTests {
  private let job = JobID(rawValue: 1)

  @Test func `a new buffer reads as zeros, also where another job wrote before`() throws {
    var memory = BoardMemory(byteCount: 1024)
    let first = try memory.allocate(1024, for: job)
    try memory.write(Array(repeating: 0xFF, count: 1024), to: first)
    memory.release(first)
    let second = try memory.allocate(1024, for: JobID(rawValue: 2))
    #expect(try memory.read(1024, from: second) == Array(repeating: 0, count: 1024))
  }

  @Test func `a shorter write leaves the bytes behind it`() throws {
    var memory = BoardMemory(byteCount: 1024)
    let buffer = try memory.allocate(8, for: job)
    try memory.write([1, 2, 3, 4], to: buffer)
    try memory.write([9], to: buffer)
    #expect(try memory.read(8, from: buffer) == [9, 2, 3, 4, 0, 0, 0, 0])
    #expect(try memory.read(2, from: buffer) == [9, 2])
    #expect(try memory.read(0, from: buffer) == [])
  }

  @Test func `bounds are kept`() throws {
    var memory = BoardMemory(byteCount: 1024)
    let buffer = try memory.allocate(10, for: job)
    #expect(throws: BoardError.bufferTooSmall(buffer, byteCount: 10, neededByteCount: 11)) {
      try memory.write(Array(repeating: 0, count: 11), to: buffer)
    }
    #expect(throws: BoardError.bufferTooSmall(buffer, byteCount: 10, neededByteCount: 11)) {
      try memory.read(11, from: buffer)
    }
    memory.release(buffer)
    memory.release(buffer)
    #expect(throws: BoardError.unknownBuffer(buffer)) { try memory.read(1, from: buffer) }
    #expect(throws: BoardError.unknownBuffer(buffer)) { try memory.write([1], to: buffer) }
  }

  @Test func `an address leads its job alone to its buffer, from its start and within its size`() throws {
    var memory = BoardMemory(byteCount: 4096)
    let buffers = try (1...8).map { try memory.allocate($0 * 50, for: job) }
    for (index, buffer) in buffers.enumerated() {
      let byteCount = (index + 1) * 50
      let address = try memory.address(of: buffer, holding: byteCount)
      #expect(memory.buffer(at: address, holding: byteCount, of: job) == buffer)
      #expect(memory.buffer(at: address, holding: byteCount + 1, of: job) == nil)
      #expect(memory.buffer(at: address + 1, holding: 1, of: job) == nil)
      #expect(memory.buffer(at: address, holding: 0, of: JobID(rawValue: 999)) == nil)
    }
    for address in [0, 1, UInt64.max] { #expect(memory.buffer(at: address, holding: 0, of: job) == nil) }
  }

  @Test func `exhaustion tells what was asked for and the largest free piece`() throws {
    var memory = BoardMemory(byteCount: 4 * 64 + 63)
    let buffers = try (0..<4).map { _ in try memory.allocate(64, for: job) }
    #expect(throws: BoardError.outOfMemory(requestedByteCount: 1, freeByteCount: 0)) {
      try memory.allocate(1, for: job)
    }
    memory.release(buffers[1])
    memory.release(buffers[3])
    #expect(throws: BoardError.outOfMemory(requestedByteCount: 65, freeByteCount: 64)) {
      try memory.allocate(65, for: job)
    }
    memory.release(buffers[2])
    #expect(memory.largestFreeByteCount == 192)
    #expect(throws: BoardError.outOfMemory(requestedByteCount: .max, freeByteCount: 192)) {
      try memory.allocate(.max, for: job)
    }
  }

  @Test func `counts that make no sense do no harm`() throws {
    var memory = BoardMemory(byteCount: 256)
    let buffer = try memory.allocate(-5, for: job)
    #expect(try memory.read(-1, from: buffer) == [])
    #expect(BoardMemory(byteCount: -1).largestFreeByteCount == 0)
    #expect(BoardMemory(byteCount: 63).largestFreeByteCount == 0)
  }

  /// The model is one flag for each address.
  @Test(arguments: UInt64(1)...20) func `taking and giving back equals a map of flags`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var runs = FreeRuns(10..<210)
    var isFree = Array(repeating: false, count: 10) + Array(repeating: true, count: 200)
    var taken: [Range<Int>] = []
    for step in 0..<400 {
      if Bool.random(using: &random) || taken.isEmpty {
        let count = Int.random(in: 1...40, using: &random)
        let first = (10...210).first { start in start + count <= 210 && isFree[start..<start + count].allSatisfy { $0 }
        }
        let piece = runs.take(count)
        #expect(piece?.lowerBound == first && piece.map { $0.count == count } ?? true, "seed \(seed), step \(step)")
        guard let piece else { continue }
        for address in piece { isFree[address] = false }
        taken.append(piece)
      } else {
        let piece = taken.remove(at: Int.random(in: taken.indices, using: &random))
        runs.giveBack(piece)
        for address in piece { isFree[address] = true }
      }
      let expected = RangeSet(isFree.indices.filter { isFree[$0] }.map { $0..<$0 + 1 })
      #expect(runs.runs == Array(expected.ranges), "seed \(seed), step \(step)")
    }
    for piece in taken { runs.giveBack(piece) }
    #expect(runs == FreeRuns(10..<210))
  }

  /// The model is an array of bytes for each buffer.
  @Test(arguments: UInt64(1)...10) func `buffers never show each other's bytes`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var memory = BoardMemory(byteCount: 4096)
    var model: [(buffer: BufferID, bytes: [UInt8])] = []
    for step in 0..<300 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        let count = Int.random(in: 0...600, using: &random)
        guard let buffer = try? memory.allocate(count, for: job) else { continue }
        model.append((buffer, Array(repeating: 0, count: count)))
      case 1 where !model.isEmpty:
        memory.release(model.remove(at: Int.random(in: model.indices, using: &random)).buffer)
      case _ where !model.isEmpty:
        let index = Int.random(in: model.indices, using: &random)
        let count = Int.random(in: 0...model[index].bytes.count, using: &random)
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        model[index].bytes.replaceSubrange(0..<count, with: bytes)
        try memory.write(bytes, to: model[index].buffer)
      default: continue
      }
      for entry in model {
        #expect(try memory.read(entry.bytes.count, from: entry.buffer) == entry.bytes, "seed \(seed), step \(step)")
      }
    }
    for entry in model { memory.release(entry.buffer) }
    #expect(memory.largestFreeByteCount == 4096)
  }
}
