/// Why a slot was taken out of use.
public struct QuarantineReason: Sendable, Hashable, Codable {
  /// The code of the last fault, such as `board.portFault`.
  public let code: String
  /// What the last fault said.
  public let message: String
  /// How often in a row the slot has failed, from 1.
  public let attempts: Int
  /// When it was last tried.
  public let since: TimeOfDay

  /// Makes a reason whose texts are cut as those of a ``Refusal`` are.
  public init(code: String, message: String, attempts: Int, since: TimeOfDay) {
    self.code = Refusal.cut(code)
    self.message = Refusal.cut(message)
    self.attempts = attempts
    self.since = since
  }
}
