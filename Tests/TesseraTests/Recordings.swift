import BoardAgent
import ClusterBroker
import Fabric
import Foundation

/// What daemons recorded of their cores.
enum Recordings {
  private struct Entry<Core: ReplayableCore>: Decodable {
    let actions: [Core.Action]
  }
  private struct BrokerOpening: Decodable {
    let recovered: [BrokerRecord]
  }

  static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

  /// Every action that a core asked for, in order; a line cut off by a kill is left out.
  static func actions<Core: ReplayableCore>(of core: Core.Type, in path: String) throws -> [Core.Action] {
    try bytes(path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropFirst().dropLast()
      .flatMap { try JSONDecoder().decode(Entry<Core>.self, from: Data($0)).actions }
  }

  /// A broker's journal: what it found at its start, and what it has added since.
  ///
  /// What a broker before it added in the moment of its death may be missing, for it never became durable.
  static func brokerJournal(_ path: String) throws -> [BrokerRecord] {
    let opening = try bytes(path).prefix { $0 != UInt8(ascii: "\n") }
    let recovered = try JSONDecoder().decode(BrokerOpening.self, from: Data(opening)).recovered
    return try recovered
      + actions(of: BrokerCore.self, in: path).compactMap {
        if case .persist(let record, _) = $0 { record } else { nil }
      }
  }
}
