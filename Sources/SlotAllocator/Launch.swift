public import Fabric

/// One run of a stage's image on one item.
public struct Launch: Sendable, Hashable, Codable {
  /// An argument of the launch: which item's buffer on which edge.
  public struct Argument: Sendable, Hashable, Codable {
    public let name: ArgumentName
    public let edge: EdgeName
    /// The buffer in the edge's ring.
    public let ringIndex: Int
    /// For an input the bytes that hold data, for an output the bytes that may be written.
    public let byteCount: Int
  }
  public let execution: JobEpoch
  public let image: ImageID
  public let item: Int
  public let arguments: [Argument]

  init(execution: JobEpoch, stage: Stage, item: Int, flow: JobFlow) {
    self.execution = execution
    self.image = stage.image
    self.item = item
    self.arguments =
      stage.inputs.map { port in
        Argument(
          name: port.argument, edge: port.edge, ringIndex: item % flow.capacity,
          byteCount: flow.byteCount(of: item, on: port.edge))
      }
      + stage.outputs.map { port in
        Argument(
          name: port.argument, edge: port.edge, ringIndex: item % flow.capacity,
          byteCount: flow.application.edges.first { $0.name == port.edge }?.maximumByteCount ?? 0)
      }
  }
}
