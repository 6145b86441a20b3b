public import Digests
public import Fabric

/// An event that the queue could not have caused: a defect of the caller.
public enum ConfigurationError: TesseraError, Hashable, Codable {
  case alreadyRequested(SlotID)
  case notReading(Digest)
  case notWriting(SlotID)

  public var code: String {
    switch self {
    case .alreadyRequested: "configuration.alreadyRequested"
    case .notReading: "configuration.notReading"
    case .notWriting: "configuration.notWriting"
    }
  }
  public var message: String {
    switch self {
    case .alreadyRequested(let slot): "a second image was requested for slot \(slot) before the first was there"
    case .notReading(let digest): "the partial \(digest) was said to be read, but was not asked for"
    case .notWriting(let slot): "slot \(slot) was said to be written, but the port was not writing it"
    }
  }
  public var hint: String { "this is a defect of the agent; please report it with its log" }
}
