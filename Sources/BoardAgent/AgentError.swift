public import Fabric
public import Migration
public import Reconfig
public import SlotAllocator

/// A defect of the agent itself: it stops, and recovers from its journal.
public enum AgentError: TesseraError, Hashable, Codable {
  case scheduling(SchedulingError)
  case configuration(ConfigurationError)
  case migration(MigrationError)

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
    }
  }
  public var code: String { cause.code }
  public var message: String { cause.message }
  public var hint: String { cause.hint }
}
