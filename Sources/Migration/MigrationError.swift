public import Fabric

/// An event that a migration's state cannot take: a defect of the caller.
public enum MigrationError: TesseraError, Hashable, Codable {
  case unexpected(String, in: String)

  public var code: String { "migration.unexpected" }
  public var message: String {
    switch self {
    case .unexpected(let event, let state): "a migration that is \(state) was told '\(event)'"
    }
  }
  public var hint: String { "this is a defect of the agent; please report it with its log" }
}
