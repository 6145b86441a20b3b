public import Digests
public import Fabric
internal import FoundationEssentials

/// One line of an audit log: JSON with sorted keys, and the SHA-256 of the line before.
public struct AuditEntry: Sendable, Hashable, Codable {
  /// The longest line, in bytes without its line feed.
  public static let maximumByteCount = 16 << 10

  /// What happened; the names are those of ``Fabric/AuditEvent``.
  public enum Kind: String, Sendable, Hashable, Codable {
    case agentStarted, imageConfigured, configurationFailed, imageRefused, slotBlanked, memoryZeroed, slotQuarantined
    case slotReset
  }

  /// Counted from 1, over all files of a log.
  public let number: Int
  /// The SHA-256 of the line before without its line feed; all zero for the first.
  public let previous: Digest
  /// The time of day in UTC, as ISO 8601 has it.
  public let time: String
  public let event: Kind
  /// A text, as ``job`` is.
  public private(set) var incarnation: String?
  public private(set) var slot: Int?
  public private(set) var image: Digest?
  public private(set) var partial: Digest?
  public private(set) var tenant: String?
  /// A text, since JSON readers keep 53 bits of a number.
  public private(set) var job: String?
  public private(set) var byteCount: Int?
  public private(set) var code: String?
  public private(set) var attempts: Int?

  /// The entry of an event, at that time of day.
  public init(_ event: AuditEvent, number: Int, previous: Digest, millisecondsSince1970: Int64) {
    self.number = number
    self.previous = previous
    // The style cuts what is below a millisecond, and a Double may lie just below it.
    self.time = Date(timeIntervalSince1970: (Double(millisecondsSince1970) + 0.5) / 1000)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    switch event {
    case .agentStarted(let incarnation):
      self.event = .agentStarted
      self.incarnation = incarnation.description
    case .configurationFailed(let slot, let image, let partial, let tenant, let job, let code):
      self.event = .configurationFailed
      self.slot = slot.rawValue
      self.image = image.rawValue
      self.partial = partial
      self.tenant = tenant?.text
      self.job = job.description
      self.code = code
    case .imageConfigured(let slot, let image, let partial, let tenant, let job):
      self.event = .imageConfigured
      self.slot = slot.rawValue
      self.image = image.rawValue
      self.partial = partial
      self.tenant = tenant?.text
      self.job = job.description
    case .imageRefused(let slot, let partial, let code):
      self.event = .imageRefused
      self.slot = slot.rawValue
      self.partial = partial
      self.code = code
    case .slotBlanked(let slot, let tenant):
      self.event = .slotBlanked
      self.slot = slot.rawValue
      self.tenant = tenant?.text
    case .memoryZeroed(let job, let byteCount):
      self.event = .memoryZeroed
      self.job = job.description
      self.byteCount = byteCount
    case .slotQuarantined(let slot, let reason):
      self.event = .slotQuarantined
      self.slot = slot.rawValue
      self.code = reason.code
      self.attempts = reason.attempts
    case .slotReset(let slot):
      self.event = .slotReset
      self.slot = slot.rawValue
    }
  }

  /// The line without its line feed.
  func line() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(self))
  }

  /// Reads a line without its line feed; throws what is wrong with it.
  init(line: some Collection<UInt8>) throws {
    self = try JSONDecoder().decode(AuditEntry.self, from: Data(line))
    // So that there is always a next one.
    guard (1..<Int.max).contains(number) else { throw AuditError.malformed(line: 1, "its number is \(number)") }
  }
}

extension Digest {
  /// What stands where there is no line before.
  static let ofNothingBefore = Digest(bytes: Array(repeating: 0, count: Digest.byteCount)) ?? Digest(of: [])
}
