/// What a job has left to do, in seconds, as far as is known.
package struct RemainingWork: Sendable, Hashable {
  /// Of one slot: every unfinished item of every task, each task by itself.
  package internal(set) var slotSeconds = 0.0
  /// What the longest chain of unfinished tasks takes, each counted once: no number of slots makes a job faster than that.
  package internal(set) var chainSeconds = 0.0
}
