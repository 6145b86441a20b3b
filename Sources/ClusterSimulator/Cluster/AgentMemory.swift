internal import BoardAgent
internal import Fabric

/// A board's memory, and the long actions of the jobs that have some of it.
struct AgentMemory {
  private struct Held {
    let execution: JobEpoch
    let byteCount: Int
  }

  private struct Underway {
    let number: UInt32
    let execution: JobEpoch
    let end: AgentEvent
  }

  private var freeByteCount: Int
  /// At most as many as an agent holds jobs, so a search is short.
  private var held: [Held] = []
  private var underway: [Underway] = []
  private var lastNumber: UInt32 = 0

  init(byteCount: Int) { self.freeByteCount = byteCount }

  /// Reserves a job's rings, and says how that ends; memory is counted in bytes, as if it never lay in pieces.
  mutating func allocate(_ execution: JobEpoch, _ rings: [Ring]) -> AgentEvent {
    let needed = rings.reduce(0) { $0 + $1.capacity * $1.byteCount }
    guard needed <= freeByteCount else {
      let error = BoardError.outOfMemory(requestedByteCount: needed, freeByteCount: freeByteCount)
      return .allocated(execution, .failure(Refusal(error)))
    }
    freeByteCount -= needed
    held.append(Held(execution: execution, byteCount: needed))
    return .allocated(execution, .success(Nothing()))
  }

  /// Gives a job's rings back, and ends what is under way for it: none of that has an event any more.
  mutating func free(_ execution: JobEpoch) {
    underway.removeAll { $0.execution == execution }
    guard let index = held.firstIndex(where: { $0.execution == execution }) else { return }
    freeByteCount += held.remove(at: index).byteCount
  }

  /// Takes up a long action by the event that it will end in.
  mutating func begin(_ end: AgentEvent, for execution: JobEpoch) -> UInt32 {
    lastNumber &+= 1
    underway.append(Underway(number: lastNumber, execution: execution, end: end))
    return lastNumber
  }

  /// Ends a long action; nil where its job was freed before.
  mutating func end(_ number: UInt32) -> AgentEvent? {
    guard let index = underway.firstIndex(where: { $0.number == number }) else { return nil }
    return underway.remove(at: index).end
  }
}
