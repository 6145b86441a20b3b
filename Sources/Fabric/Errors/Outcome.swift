/// How a long action of a core ended: with a value, or refused by name.
public enum Outcome<Value: Sendable & Hashable & Codable>: Sendable, Hashable, Codable {
  case success(Value)
  case failure(Refusal)
}
