/// Where things are unless a flag says otherwise, under the current folder.
enum Places {
  /// The image store that `image build` fills and agents read.
  static let images = ".tessera/images"
  static let imageManifests = "bitstreams/images"
  static let boards = "bitstreams/boards"
  /// The broker's journal and blobs.
  static let brokerState = ".tessera/broker"

  /// An agent's journal and blobs.
  static func agentState(_ board: String) -> String { ".tessera/agents/\(board)" }

  /// The signature of an image, beside its manifest.
  static func signature(besideManifest path: String) -> String {
    (path.hasSuffix(".json") ? String(path.dropLast(".json".count)) : path) + ".sig"
  }

  /// The folder that a file is in.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }

  /// A file's name without its folder and its extension.
  static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.hasSuffix(".json") ? name.dropLast(".json".count) : name)
  }
}
