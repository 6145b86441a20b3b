/// How many items of a batch a task has finished; always a prefix.
public struct TaskProgress: Sendable, Hashable, Codable {
  public let task: TaskName
  public var finished: Int
  public init(task: TaskName, finished: Int) {
    self.task = task
    self.finished = finished
  }
}

/// Each task's finished prefix, in the order of the application's tasks.
public struct Progress: Sendable, Hashable, Codable {
  public var tasks: [TaskProgress]
  public init(tasks: [TaskProgress]) { self.tasks = tasks }

  /// Every task of `application` at `finished` items.
  public init(of application: Application, finished: Int) {
    self.tasks = application.tasks.map { TaskProgress(task: $0.name, finished: finished) }
  }

  /// A task's finished prefix, in O(tasks); 0 for a task that is not listed.
  public subscript(task: TaskName) -> Int {
    get { tasks.first { $0.task == task }?.finished ?? 0 }
    set {
      guard let index = tasks.firstIndex(where: { $0.task == task }) else { return }
      tasks[index].finished = newValue
    }
  }
}
