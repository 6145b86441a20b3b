public import Fabric

/// A task whose edges name other arguments than the image of its kernel has.
public struct ArgumentMismatch: Sendable, Hashable, Codable {
  public let task: TaskName
  public let kernel: KernelName
  /// The arguments that the application's edges name.
  public let connected: BufferArguments
  /// The arguments that the image has.
  public let offered: BufferArguments

  /// Both sides in words.
  var sentence: String {
    "the edges of the task \(task) connect the arguments \(connected), the kernel \(kernel) has \(offered)"
  }
}

/// The buffer arguments of a kernel by their direction, each sorted by name.
public struct BufferArguments: Sendable, Hashable, Codable, CustomStringConvertible {
  public let inputs: [ArgumentName]
  public let outputs: [ArgumentName]

  /// Those that an application's edges name for a task.
  init(of task: TaskName, in application: Application) {
    inputs = application.edges.flatMap(\.readers).filter { $0.task == task }.map(\.argument).sorted()
    outputs = application.edges.compactMap(\.producer).filter { $0.task == task }.map(\.argument).sorted()
  }

  /// Those that an image declares.
  init(of image: Image) {
    inputs = image.arguments.filter { $0.direction == .input }.map(\.name).sorted()
    outputs = image.arguments.filter { $0.direction == .output }.map(\.name).sorted()
  }

  /// The inputs, an arrow, the outputs.
  public var description: String { "(\(Self.list(inputs))) -> (\(Self.list(outputs)))" }

  private static func list(_ names: [ArgumentName]) -> String { names.map(\.text).joined(separator: ", ") }
}
