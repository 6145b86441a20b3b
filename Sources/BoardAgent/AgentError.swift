public import Fabric
public import Migration
public import Reconfig
public import SlotAllocator

/// A defect of the agent itself: it stops, and recovers from its journal.
public enum AgentError: TesseraError, Hashable, Codable {
  case scheduling(SchedulingError)
  case configuration(ConfigurationError)
  case migration(MigrationError)
  /// The scheduler chose an image for a slot that it does not fit.
  case noPartial(ImageID, SlotID)

  static func wrap<Value>(_ body: () throws(SchedulingError) -> Value) throws(AgentError) -> Value {
    do { return try body() } catch { throw .scheduling(error) }
  }
  static func wrap<Value>(_ body: () throws(ConfigurationError) -> Value) throws(AgentError) -> Value {
    do { return try body() } catch { throw .configuration(error) }
  }
  static func wrap<Value>(_ body: () throws(MigrationError) -> Value) throws(AgentError) -> Value {
    do { return try body() } catch { throw .migration(error) }
  }

  private var cause: any TesseraError {
    switch self {
    case .scheduling(let error): error
    case .configuration(let error): error
    case .migration(let error): error
    case .noPartial(let image, let slot):
      Refusal(
        code: "agent.noPartial", message: "image \(image) was to come into slot \(slot), which it has no partial for",
        hint: "this is a defect of the agent; please report it with its log")
    }
  }
  public var code: String { cause.code }
  public var message: String { cause.message }
  public var hint: String { cause.hint }
}
