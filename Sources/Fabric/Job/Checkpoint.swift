/// One item's bytes on an edge that a job still needs.
public struct SavedItem: Sendable, Hashable, Codable {
  public let edge: EdgeName
  public let item: Int
  public let blob: BlobReference
  public init(edge: EdgeName, item: Int, blob: BlobReference) {
    self.edge = edge
    self.item = item
    self.blob = blob
  }
}

/// A job's state between items: each task's finished prefix and the items still needed on the edges between them.
///
/// The input edge is never saved, since the broker has the inputs; the output edge's finished but uncommitted items are.
public struct Checkpoint: Sendable, Hashable, Codable {
  public let progress: Progress
  public let items: [SavedItem]
  public init(progress: Progress, items: [SavedItem]) {
    self.progress = progress
    self.items = items
  }
}
