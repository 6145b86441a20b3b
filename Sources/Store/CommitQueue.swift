package import Fabric

/// Records on their way to the disk and who waits for them; says, for each event, what the store does.
///
/// A commit takes all records that wait when it begins. What arrives while it runs goes with the next one, so a slow
/// disk makes the groups larger and not the queue longer.
package struct CommitQueue<Waiter> {
  private enum State {
    case idle
    /// A commit was asked for and has not ended.
    case committing
    /// Nothing is committed any more.
    case ended(StoreError)
  }

  /// Records that may be undurable at once.
  package static var recordLimit: Int { 65_536 }
  /// Bytes of records that may be undurable at once.
  package static var byteLimit: Int { 256 << 20 }

  private var state = State.idle
  /// Appended, and not yet taken by a commit.
  private var waiting: [[UInt8]] = []
  private var waiters: [(number: SequenceNumber, waiter: Waiter)] = []
  /// The number of the last record appended.
  package private(set) var appended: SequenceNumber
  private var durable: SequenceNumber
  private var undurableByteCount = 0

  /// Begins behind the last record of the disk.
  package init(last: SequenceNumber) {
    self.appended = last
    self.durable = last
  }

  /// Why nothing is committed any more; nil while the store works.
  package var failure: StoreError? {
    if case .ended(let error) = state { error } else { nil }
  }

  /// Takes a record in.
  ///
  /// - Throws: ``StoreError/backlogFull(limit:)`` at either limit, ``StoreError/outOfOrder(found:expected:)`` for a
  ///   number that is not the next one, and the error of an earlier commit.
  package mutating func append(_ record: [UInt8], as number: SequenceNumber) throws(StoreError) {
    if let failure { throw failure }
    guard number == appended.next else { throw .outOfOrder(found: number, expected: appended.next) }
    guard appended.rawValue - durable.rawValue < UInt64(Self.recordLimit) else {
      throw .backlogFull(limit: Self.recordLimit)
    }
    guard record.count <= Self.byteLimit - undurableByteCount else { throw .backlogFull(limit: Self.byteLimit) }
    waiting.append(record)
    undurableByteCount += record.count
    appended = number
  }

  /// What follows when somebody wants to wait.
  package enum WaitAction {
    case resume(Result<Void, StoreError>)
    case beginCommit
    case none
  }

  /// Lets somebody wait until `number` is durable, unless that is known already.
  package mutating func wait(for number: SequenceNumber, _ waiter: Waiter) -> WaitAction {
    if number <= durable { return .resume(.success(())) }
    guard number <= appended else {
      return .resume(.failure(.outOfOrder(found: number, expected: appended.next)))
    }
    switch state {
    case .ended(let error): return .resume(.failure(error))
    case .committing:
      waiters.append((number, waiter))
      return .none
    case .idle:
      waiters.append((number, waiter))
      state = .committing
      return .beginCommit
    }
  }

  /// The records of the commit that begins now, and the number of the first one.
  package mutating func takeGroup() -> (first: SequenceNumber, records: [[UInt8]]) {
    defer { waiting = [] }
    return (SequenceNumber(rawValue: appended.rawValue - UInt64(waiting.count) + 1), waiting)
  }

  /// Who is resumed when a commit has ended.
  package struct CommitEnd {
    package var resumed: [Waiter]
    package var result: Result<Void, StoreError>
    /// Whether somebody waits for records that came later.
    package var beginsCommit: Bool
  }

  /// The commit of `group` ended.
  package mutating func commitEnded(
    _ group: (first: SequenceNumber, records: [[UInt8]]), failure: StoreError?
  ) -> CommitEnd {
    if let failure { return end(failure) }
    if case .ended(let error) = state { return end(error) }
    durable = SequenceNumber(rawValue: group.first.rawValue + UInt64(group.records.count) - 1)
    undurableByteCount -= group.records.reduce(0) { $0 + $1.count }
    let resumed = waiters.filter { $0.number <= durable }.map(\.waiter)
    waiters.removeAll { $0.number <= durable }
    state = waiters.isEmpty ? .idle : .committing
    return CommitEnd(resumed: resumed, result: .success(()), beginsCommit: !waiters.isEmpty)
  }

  /// Nothing is to be committed any more; the first reason stays.
  package mutating func end(_ error: StoreError) -> CommitEnd {
    let reason = failure ?? error
    state = .ended(reason)
    waiting = []
    defer { waiters = [] }
    return CommitEnd(resumed: waiters.map(\.waiter), result: .failure(reason), beginsCommit: false)
  }
}
