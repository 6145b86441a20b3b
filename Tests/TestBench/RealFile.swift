internal import Foundation

/// Files that real tools made.
///
/// They are not part of this repository: a test that needs one says so with `.enabled(if:)`, and shows as skipped where it
/// is absent.
package enum RealFile: String, Sendable {
  /// Partials of Vivado 2019.1 for slots of `zcu106-10-little`, of one row and of two.
  case slot0 = "zcu106-slot0-zculling.bit"
  case slot9 = "zcu106-slot9-lenet-conv1.bit"
  /// The words of `slot0`, lowest byte first.
  case slot0Bin = "zcu106-slot0-zculling.bin"
  /// A compressed file for a whole device.
  case compressed = "xcau15p-full-compressed.bit"

  package static func arePresent(_ files: Self...) -> Bool {
    files.allSatisfy { FileManager.default.isReadableFile(atPath: $0.place.path) }
  }

  package func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: place)) }

  private var place: URL {
    Repository.root.deletingLastPathComponent().appending(path: "shared/data/bitstreams/\(rawValue)")
  }
}
