public import Fabric

/// Which configurations of an emulated board go wrong, and how: listed ones, and others by chance.
///
/// A pure function of slot and count, so that the same plan spoils the same configurations in every run, whatever the
/// other slots do. Blanking is never spoilt.
public struct FaultPlan: Sendable, Hashable {
  /// What goes wrong.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A bit of the frame data flips on its way into the port.
    case crc
    /// A bit of the IDCODE flips on its way into the port.
    case id
    /// The port stops taking words.
    case timeout
    /// The image is written, and the decoupler does not let go.
    case recouple
  }

  /// Configurations of one slot that all go wrong in one way.
  public struct Fault: Sendable, Hashable {
    public let kind: Kind
    public let slot: SlotID
    /// The first configuration of the slot that goes wrong, from 1 on.
    public let first: Int
    /// How many go wrong from there on, at least 1; for ever if nil.
    public let times: Int?
    public init(_ kind: Kind, slot: SlotID, first: Int = 1, times: Int? = nil) {
      self.kind = kind
      self.slot = slot
      self.first = first
      self.times = times
    }

    fileprivate func hits(_ slot: SlotID, _ number: Int) -> Bool {
      self.slot == slot && number >= first && times.map { number - first < $0 } ?? true
    }
  }

  /// The most listed faults.
  public static let maximumFaultCount = 64

  /// The listed faults; the first that fits counts.
  public let faults: [Fault]
  /// Decides about all other configurations.
  public let seed: UInt64
  /// How probable it is that one of them goes wrong, 0 to 1; each kind is then as likely as any other.
  public let probability: Double

  /// A plan; without arguments nothing goes wrong.
  public init(_ faults: [Fault] = [], seed: UInt64 = 0, probability: Double = 0) {
    self.faults = faults
    self.seed = seed
    self.probability = probability
  }

  /// What goes wrong in the slot's configuration of that number, counted from 1; O(faults).
  public func fault(in slot: SlotID, configuration number: Int) -> Kind? {
    if let fault = faults.first(where: { $0.hits(slot, number) }) { return fault.kind }
    guard probability > 0 else { return nil }
    let place = UInt64(truncatingIfNeeded: slot.rawValue) << 48 ^ UInt64(truncatingIfNeeded: number)
    var random = SplitMix64(seed: seed ^ place)
    // The 53 bits that a Double holds exactly.
    guard Double(random.next() >> 11) * 0x1p-53 < probability else { return nil }
    return Kind.allCases[random.draw(0...Kind.allCases.count - 1)]
  }
}
