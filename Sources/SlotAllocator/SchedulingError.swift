public import Fabric

/// An event that no slot could have caused: a defect of the caller.
public enum SchedulingError: TesseraError, Hashable, Codable {
  case notConfiguring(SlotID)
  case notRunning(SlotID)

  public var code: String {
    switch self {
    case .notConfiguring: "scheduling.notConfiguring"
    case .notRunning: "scheduling.notRunning"
    }
  }
  public var message: String {
    switch self {
    case .notConfiguring(let slot): "slot \(slot) was said to be configured, but nothing was being written into it"
    case .notRunning(let slot): "slot \(slot) was said to have ended a launch, but ran none"
    }
  }
  public var hint: String { "this is a defect of the agent; please report it with its log" }
}
