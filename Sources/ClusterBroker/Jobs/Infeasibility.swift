public import Fabric

/// Why a board cannot take a job, what lasts longest first.
public enum Infeasibility: Sendable, Hashable, Codable {
  case noImage(KernelName)
  case wrongArguments(ArgumentMismatch)
  case lost
  case noUsableSlot
  /// The board gave this job up for its own fault, and was not heard of since.
  case gaveUp
  case full(limit: Int)
  /// The job's rings need more bytes than the board has beside those of its other jobs.
  case noMemory(needed: Int, free: Int)

  init(_ gap: CoverageGap) {
    switch gap {
    case .noImage(let kernel): self = .noImage(kernel)
    case .wrongArguments(let mismatch): self = .wrongArguments(mismatch)
    }
  }

  /// The reason in words.
  public var sentence: String {
    switch self {
    case .noImage(let kernel): "it has no image for the kernel \(kernel)"
    case .wrongArguments(let mismatch): mismatch.sentence
    case .lost: "its agent is not heard of"
    case .noUsableSlot: "all its slots are quarantined"
    case .gaveUp: "it gave the job up a moment ago"
    case .full(let limit): "it holds its limit of \(limit) jobs"
    case .noMemory(let needed, let free): "the job needs \(needed) bytes of board memory, \(free) are free"
    }
  }
}
