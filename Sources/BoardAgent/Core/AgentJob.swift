internal import Fabric
internal import Migration
internal import SlotAllocator

/// A job that the agent holds under one epoch, or keeps room for.
struct AgentJob: Sendable {
  /// What the broker gave, and what this board makes of it: it never changes, so all copies of the job share it.
  final class Order: Sendable {
    let request: JobRequest
    let stages: [Stage]
    let checkpoint: Checkpoint
    init(request: JobRequest, stages: [Stage], checkpoint: Checkpoint) {
      self.request = request
      self.stages = stages
      self.checkpoint = checkpoint
    }
  }

  /// Indirect, since few jobs migrate, and what those carry is large.
  indirect enum Phase {
    /// Announced: still owned by another agent.
    case reserved(MigrationDestination)
    /// Board memory is being reserved.
    case allocating
    /// The checkpoint's items are being written into the rings.
    case restoring
    case running
    case migrating(MigrationSource)
  }

  let execution: JobEpoch
  let order: Order
  var phase: Phase
  /// Results that the broker has committed, as far as this agent knows.
  var committed: Int
  /// An input item is on its way into board memory.
  var isLoading = false
  /// A result is on its way out of board memory.
  var isStoring = false
  /// Results that are durable, in order, from ``committed`` on.
  var results: [BlobReference] = []

  var request: JobRequest { order.request }
  var stages: [Stage] { order.stages }
  var checkpoint: Checkpoint { order.checkpoint }

  /// Whether the broker counts the job as this agent's.
  var isOwned: Bool { !isReserved }

  var isReserved: Bool {
    if case .reserved = phase { true } else { false }
  }

  /// Until when room is kept; nil for a job that is this agent's own.
  var reservationEnd: WallInstant? {
    if case .reserved(let destination) = phase { destination.expires } else { nil }
  }

  var isRunning: Bool {
    if case .running = phase { true } else { false }
  }

  var isMigrating: Bool {
    if case .migrating = phase { true } else { false }
  }

  /// Whether the job's rings are there and nothing uses them, so that its next epoch can have them.
  var canHandOnMemory: Bool {
    switch phase {
    case .reserved(let destination): destination.hasMemory
    case .migrating(let source): source.report != nil
    case .allocating, .restoring, .running: false
    }
  }

  /// The next result to bring out.
  var nextStore: Int { committed + results.count }

  /// The broker has committed the first `count` items.
  mutating func itemsCommitted(through count: Int) {
    guard count > committed else { return }
    results.removeFirst(min(results.count, count - committed))
    committed = count
  }
}
