/// Where things are unless a flag says otherwise, under the current folder.
enum Places {
  /// The partials that `image build` writes and agents read.
  static let images = ".tessera/images"
  static let imageManifests = "bitstreams/images"
  static let boards = "bitstreams/boards"
  /// The broker's journal and blobs.
  static let brokerState = ".tessera/broker"

  /// An agent's journal and blobs.
  static func agentState(_ board: String) -> String { ".tessera/agents/\(board)" }

  /// The image manifests that stand beside a board descriptor's folder.
  static func imageManifests(besideBoard path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "../images" }
    return path[..<slash] + "/../images"
  }

  /// A file's name without its folder and its extension.
  static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.hasSuffix(".json") ? name.dropLast(".json".count) : name)
  }
}
