import Fabric
import Store
import Testing

@Suite struct CommitQueueTests {
  var queue = CommitQueue<Int>(last: .zero)

  @Test mutating func `one commit takes all that waits, and resumes all it covers`() throws {
    for index in 1...3 { try queue.append([UInt8(index)], as: number(index)) }
    #expect(queue.wait(for: number(2), 20).begins)
    #expect(!queue.wait(for: number(3), 30).begins)
    let group = queue.takeGroup()
    #expect(group.first == number(1))
    #expect(group.records == [[1], [2], [3]])

    let end = queue.commitEnded(group, failure: nil)
    #expect(end.resumed == [20, 30])
    #expect(end.result.isSuccess)
    #expect(!end.beginsCommit)
    #expect(queue.wait(for: number(3), 0).isResumed)
  }

  @Test mutating func `what arrives during a commit goes with the next`() throws {
    try queue.append([1], as: number(1))
    #expect(queue.wait(for: number(1), 10).begins)
    let first = queue.takeGroup()
    try queue.append([2], as: number(2))
    #expect(!queue.wait(for: number(2), 20).begins)

    let end = queue.commitEnded(first, failure: nil)
    #expect(end.resumed == [10])
    #expect(end.beginsCommit)
    let second = queue.takeGroup()
    #expect(second.first == number(2))
    #expect(second.records == [[2]])
    #expect(queue.commitEnded(second, failure: nil).resumed == [20])
  }

  @Test mutating func `a failed commit fails all who wait, and all who come`() throws {
    let failure = StoreError.unavailable("the disk is gone")
    try queue.append([1], as: number(1))
    #expect(queue.wait(for: number(1), 10).begins)
    let group = queue.takeGroup()
    try queue.append([2], as: number(2))
    #expect(!queue.wait(for: number(2), 20).begins)

    let end = queue.commitEnded(group, failure: failure)
    #expect(end.resumed == [10, 20])
    #expect(end.result.error == failure)
    #expect(!end.beginsCommit)
    #expect(queue.wait(for: number(1), 30).error == failure)
    #expect(throws: failure) { try queue.append([3], as: number(3)) }
    _ = queue.end(.unavailable("another reason"))
    #expect(queue.failure == failure)
  }

  @Test mutating func `a store that ended during a commit stays ended`() throws {
    let failure = StoreError.unavailable("the disk is gone")
    try queue.append([1], as: number(1))
    #expect(queue.wait(for: number(1), 10).begins)
    let group = queue.takeGroup()
    #expect(queue.end(failure).resumed == [10])
    #expect(queue.commitEnded(group, failure: nil).resumed.isEmpty)
    #expect(queue.wait(for: number(1), 20).error == failure)
  }

  @Test mutating func `a number that does not come next is named with the one that does`() throws {
    try queue.append([1], as: number(1))
    let early = StoreError.outOfOrder(found: number(3), expected: number(2))
    #expect(throws: early) { try queue.append([3], as: number(3)) }
    #expect(queue.wait(for: number(3), 10).error == early)
    #expect(throws: StoreError.outOfOrder(found: number(1), expected: number(2))) {
      try queue.append([1], as: number(1))
    }
    try queue.append([2], as: number(2))
  }

  @Test mutating func `the limit of bytes counts until they are durable`() throws {
    let half = [UInt8](repeating: 0, count: CommitQueue<Int>.byteLimit / 2)
    try queue.append(half, as: number(1))
    try queue.append(half, as: number(2))
    let full = StoreError.backlogFull(limit: CommitQueue<Int>.byteLimit)
    #expect(throws: full) { try queue.append([1], as: number(3)) }
    #expect(queue.wait(for: number(2), 1).begins)
    let group = queue.takeGroup()
    #expect(throws: full) { try queue.append([1], as: number(3)) }
    _ = queue.commitEnded(group, failure: nil)
    try queue.append([1], as: number(3))
  }
}

extension CommitQueue.WaitAction {
  fileprivate var begins: Bool { if case .beginCommit = self { true } else { false } }
  fileprivate var isResumed: Bool { if case .resume(.success) = self { true } else { false } }
  fileprivate var error: StoreError? { if case .resume(.failure(let error)) = self { error } else { nil } }
}

extension Result where Failure == StoreError {
  fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
  fileprivate var error: StoreError? { if case .failure(let error) = self { error } else { nil } }
}
