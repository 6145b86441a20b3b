import ArgumentParser
import ClusterSimulator
import Fabric
import Foundation

/// What the benchmarks read: the catalogues and boards that are built in, and the traces beside them.
enum OwnData {
  static func catalogue(_ name: String) throws -> [UInt8] { try present(BuiltIn.catalogue(name)) }

  static func board(_ name: String) throws -> [UInt8] { try present(BuiltIn.board(name)) }

  /// A file of the folder with the real board's runs.
  static func file(_ name: String, in folder: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name)))
  }

  /// The arrivals of the real board's runs.
  static func boardTrace(in folder: String) throws -> Trace { try Trace(csv: file("zcu106-realtime.csv", in: folder)) }

  private static func present(_ bytes: [UInt8]?) throws -> [UInt8] {
    guard let bytes else { throw ValidationError("the program lacks its own data") }
    return bytes
  }
}
