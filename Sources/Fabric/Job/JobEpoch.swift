/// A job under one of its epochs.
public struct JobEpoch: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  public var job: JobID
  public var epoch: Epoch
  public init(job: JobID, epoch: Epoch) {
    self.job = job
    self.epoch = epoch
  }
  public static func < (a: Self, b: Self) -> Bool { (a.job, a.epoch) < (b.job, b.epoch) }
  public var description: String { "\(job)@\(epoch)" }
}
