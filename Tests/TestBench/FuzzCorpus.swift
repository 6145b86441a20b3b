package import Foundation

/// The inputs that fuzzing begins with: the committed ones in `Fuzzing/Corpus`, a folder for each target.
package enum FuzzCorpus {
  /// The inputs of a target, in the order of their names, with the files of this repository that `scripts/fuzz` adds.
  package static func files(of target: String) throws -> [URL] {
    let folders = ["Fuzzing/Corpus/\(target)"] + (others[target] ?? [])
    return try folders.flatMap { folder in
      let url = URL(filePath: Repository.path(folder)).resolvingSymlinksInPath()
      guard FileManager.default.fileExists(atPath: url.path) else { return [] as [URL] }
      return try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
        .filter { $0.lastPathComponent.first != "." && $0.lastPathComponent != "schema.json" }
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
  }

  /// Writes an input that a test has made, if `TESSERA_WRITE_CORPUS` is set, as `scripts/fuzz corpus` does.
  package static func offer(_ bytes: [UInt8], as name: String, to target: String) throws {
    guard ProcessInfo.processInfo.environment["TESSERA_WRITE_CORPUS"] != nil else { return }
    let folder = URL(filePath: Repository.path("Fuzzing/Corpus/\(target)"))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: folder.appending(path: name))
  }

  private static let others = [
    "application": ["Applications"], "board": ["bitstreams/boards"], "image": ["bitstreams/images"],
  ]
}
