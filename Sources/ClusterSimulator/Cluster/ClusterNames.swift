internal import Digests
internal import Fabric
internal import Messages

/// What things are called in a simulated cluster.
enum ClusterNames {
  static let brokerEndpoint = "tcp://broker"
  /// The bytes of every item are the same ones, since none are computed.
  static let item = Digest(of: [])

  static func agentEndpoint(_ index: Int) -> String { "tcp://agent-\(index)" }

  static func board(_ index: Int) -> BoardID? { BoardID("board-\(index)") }

  /// How the broker tells the connections of the nodes apart: by their positions.
  static func connection(of node: Int) -> Peer {
    .accepted(connection: (0..<4).map { UInt8(truncatingIfNeeded: node >> (8 * $0)) })
  }

  static func node(at peer: Peer) -> Int? {
    guard case .accepted(let connection) = peer, connection.count == 4 else { return nil }
    return connection.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
