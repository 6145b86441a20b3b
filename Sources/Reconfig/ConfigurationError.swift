public import Digests
public import Fabric

/// An event that the queue could not have caused, or a request that it cannot take: a defect of the caller.
public enum ConfigurationError: TesseraError, Hashable, Codable {
  case unknownSlot(SlotID, slotCount: Int)
  /// The port works on the slot, for another image.
  case slotAtPort(SlotID)
  case slotQuarantined(SlotID)
  case notReading(Digest)
  case notBlanking(SlotID)
  case notWriting(SlotID)

  public var code: String {
    switch self {
    case .unknownSlot: "configuration.unknownSlot"
    case .slotAtPort: "configuration.slotAtPort"
    case .slotQuarantined: "configuration.slotQuarantined"
    case .notReading: "configuration.notReading"
    case .notBlanking: "configuration.notBlanking"
    case .notWriting: "configuration.notWriting"
    }
  }
  public var message: String {
    switch self {
    case .unknownSlot(let slot, let count): "an image was requested for slot \(slot) of a board with \(count) slots"
    case .slotAtPort(let slot): "another image was requested for slot \(slot) while the port works on it"
    case .slotQuarantined(let slot): "an image was requested for slot \(slot), which is quarantined"
    case .notReading(let digest): "the partial \(digest) was said to be read, but was not asked for"
    case .notBlanking(let slot): "slot \(slot) was said to be blanked, but the port was not blanking it"
    case .notWriting(let slot): "slot \(slot) was said to be written, but the port was not writing it"
    }
  }
  public var hint: String { "this is a defect of the agent; please report it with its log" }
}
