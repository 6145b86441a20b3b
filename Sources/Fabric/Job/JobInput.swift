public import Digests

/// The bytes of one item, by content.
public struct BlobReference: Sendable, Hashable, Codable {
  public let digest: Digest
  public let byteCount: Int
  public init(digest: Digest, byteCount: Int) {
    self.digest = digest
    self.byteCount = byteCount
  }
}

/// One submission: an application and the batch of items it shall process.
public struct JobRequest: Sendable, Hashable, Codable {
  public let application: Application
  /// The batch, item by item; 1 to ``Limits/itemsPerBatch``.
  public let inputs: [BlobReference]
  /// 1 (least) to 9 (most).
  public let priority: Int
  public let tenant: TenantName
  public init(application: Application, inputs: [BlobReference], priority: Int, tenant: TenantName) {
    self.application = application
    self.inputs = inputs
    self.priority = priority
    self.tenant = tenant
  }
}

/// How a job ended; a job ends once.
public enum JobEnd: Sendable, Hashable, Codable {
  case completed
  case failed(Refusal)
  case cancelled
}
