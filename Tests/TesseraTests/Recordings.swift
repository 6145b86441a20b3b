import BoardAgent
import ClusterBroker
import Fabric
import Foundation

/// What daemons recorded of their cores.
enum Recordings {
  private struct Entry<Core: ReplayableCore>: Decodable {
    let actions: [Core.Action]
  }

  static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

  /// Every action that a core asked for, in order; a line cut off by a kill is left out.
  static func actions<Core: ReplayableCore>(of core: Core.Type, in path: String) throws -> [Core.Action] {
    try bytes(path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropFirst().dropLast()
      .flatMap { try JSONDecoder().decode(Entry<Core>.self, from: Data($0)).actions }
  }

  /// The records that a broker wrote.
  static func brokerRecords(_ path: String) throws -> [BrokerRecord] {
    try actions(of: BrokerCore.self, in: path).compactMap {
      if case .persist(let record, _) = $0 { record } else { nil }
    }
  }
}
