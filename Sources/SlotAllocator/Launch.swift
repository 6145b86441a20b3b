public import Fabric

/// One run of a stage's image: on one item, or, for a parallel bundle, on one item for each part that has one.
public struct Launch: Sendable, Hashable, Codable {
  /// What a part of the stage works on.
  public struct Work: Sendable, Hashable, Codable {
    /// The part's position in the stage.
    public let part: Int
    public let item: Int
  }
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
  public let works: [Work]
  /// Those of the parts that work; a part without an item gets none.
  public let arguments: [Argument]

  init(execution: JobEpoch, stage: Stage, works: [Work], flow: JobFlow) {
    self.execution = execution
    self.image = stage.image
    self.works = works
    var arguments: [Argument] = []
    for work in works {
      for port in stage.parts[work.part].inputs {
        arguments.append(
          Argument(
            port, item: work.item, flow: flow, byteCount: flow.byteCount(of: work.item, on: port.edge)))
      }
      for port in stage.parts[work.part].outputs {
        arguments.append(
          Argument(
            port, item: work.item, flow: flow, byteCount: flow.application.edges[port.edge].maximumByteCount))
      }
    }
    self.arguments = arguments
  }
}

extension Launch.Argument {
  fileprivate init(_ port: Stage.Port, item: Int, flow: JobFlow, byteCount: Int) {
    self.name = port.argument
    self.edge = flow.application.edges[port.edge].name
    self.ringIndex = item % flow.capacity
    self.byteCount = byteCount
  }
}
