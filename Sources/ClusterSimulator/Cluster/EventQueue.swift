package import Fabric

/// Something that happens in a simulated cluster; agents, links and jobs are named by their positions.
package enum ClusterEvent: Equatable {
  case brokerStarts
  case agentStarts(Int32)
  /// The next job of the workload arrives.
  case arrival
  /// A refused job is submitted again.
  case retry(job: Int32)
  /// The oldest message on a link is there.
  case delivery(link: Int32)

  case brokerSynced
  case agentSynced(Int32)
  /// The alarm rings, if it was not set again since.
  case brokerAlarm(WallInstant)
  case agentAlarm(Int32, number: UInt32)

  case healthRead(Int32)
  /// A job's long action has ended, unless the job was freed since.
  case jobActionEnded(Int32, number: UInt32)
  case fetched(Int32)
  case blanked(Int32, slot: UInt8)
  case written(Int32, slot: UInt8)
  /// A launch is done, unless it was aborted since.
  case launchDone(Int32, slot: UInt8)
  case launchAborted(Int32, slot: UInt8)
}

/// What is still to happen, in the order of the instants, and for one instant in the order of adding.
///
/// A heap with four children a node, which touches less memory than one with two. Adding and removing are O(log count).
package struct EventQueue {
  package struct Entry: Equatable {
    package let at: WallInstant
    fileprivate let number: UInt64
    package let event: ClusterEvent

    fileprivate func isBefore(_ other: Entry) -> Bool {
      at == other.at ? number < other.number : at < other.at
    }
  }

  private static let childCount = 4

  private var heap: [Entry] = []
  private var lastNumber: UInt64 = 0

  package init() {}

  package mutating func add(_ event: ClusterEvent, at instant: WallInstant) {
    lastNumber += 1
    let entry = Entry(at: instant, number: lastNumber, event: event)
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / Self.childCount
      guard entry.isBefore(heap[parent]) else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = entry
  }

  package mutating func popFirst() -> Entry? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty { sink(last) }
    return first
  }

  /// Puts an entry in at the top, and lets it sink to its place.
  private mutating func sink(_ entry: Entry) {
    var parent = 0
    while true {
      let first = Self.childCount * parent + 1
      guard first < heap.count else { break }
      var least = first
      for child in first + 1..<max(first + 1, min(first + Self.childCount, heap.count))
      where heap[child].isBefore(heap[least]) {
        least = child
      }
      guard heap[least].isBefore(entry) else { break }
      heap[parent] = heap[least]
      parent = least
    }
    heap[parent] = entry
  }
}
