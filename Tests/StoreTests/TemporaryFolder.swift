import Foundation

/// A folder that is gone, with all in it, when its last user is.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "tessera-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    self.path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A path in the folder, where nothing is yet.
  func appending(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: appending(name)))
  }

  /// The permission bits of a file or folder.
  static func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  /// What a process that dies now would leave behind: a copy of the files of a store that is still open.
  func copy(_ name: String, as copy: String) throws {
    try FileManager.default.copyItem(atPath: appending(name), toPath: appending(copy))
  }
}
