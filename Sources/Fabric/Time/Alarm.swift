/// One alarm of a driver: the latest request replaces the one before.
public struct Alarm: Sendable {
  private var task: Task<Void, Never>?

  public init() {}

  /// Calls `ring` at the deadline, unless the alarm is set again or cancelled before.
  public mutating func set(
    _ deadline: Deadline, on time: any TimeSource, ring: @escaping @Sendable () async -> Void
  ) {
    task?.cancel()
    task = Task {
      do { try await time.sleep(until: deadline) } catch { return }
      if !Task.isCancelled { await ring() }
    }
  }

  public mutating func cancel() { task?.cancel() }
}
