internal import Fabric
internal import FoundationEssentials

/// A folder with a manifest in each `.json` file.
struct ManifestFolder {
  let path: String

  /// Every manifest with its file's path, in the order of the names.
  ///
  /// - Throws: What is wrong with the first bad one.
  func read<Value: ManifestValue>(_: Value.Type) throws -> [(path: String, value: Value)] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      throw FileManager.default.fileExists(atPath: path)
        ? CommandError.unreadableFile(path, reason: "\(error)") : CommandError.missingFile(path)
    }
    return try names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted().map { name in
      let file = "\(path)/\(name)"
      return (file, try Value(file: file))
    }
  }
}
