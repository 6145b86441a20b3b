public import Fabric

/// The applications of a publication, with the times, limits and arrivals that it states.
public struct ApplicationCatalogue: Sendable, Hashable {
  /// One application and what the publication says of it.
  public struct Listing: Sendable, Hashable {
    public let application: Application
    /// The most items of a job, 1 to `Limits.itemsPerBatch`.
    public let batchMaximum: Int
    public let slotGoals: SlotGoals
  }

  /// How many slots a publication's schedulers give an application at most, each 1 or more.
  public enum SlotGoals: Sendable, Hashable {
    /// On boards whose slots are all Little.
    case onlyLittle(Int)
    /// For each layout, and in Big.Little for each kind of slot.
    case byLayout(onlyLittle: Int, bigLittleLittle: Int, bigLittleBig: Int)

    /// The goal for slots of a kind in a layout; nil where nothing is published.
    public func count(of kind: SlotKind, in layout: Layout) -> Int? {
      switch (self, layout, kind) {
      case (.onlyLittle(let count), .onlyLittle, .little), (.byLayout(let count, _, _), .onlyLittle, .little),
        (.byLayout(_, let count, _), .bigLittle, .little), (.byLayout(_, _, let count), .bigLittle, .big):
        count
      default: nil
      }
    }
  }

  /// How long a configuration takes, from storage into the slot.
  public enum ConfigurationTimes: Sendable, Hashable {
    /// As measured under each scheduler, by its name.
    case byPolicy([String: Duration])
    case bySlotKind(little: Duration, big: Duration)

    /// The time under a policy; nil for one without a figure.
    public func time(under policy: String) -> Duration? {
      if case .byPolicy(let times) = self { times[policy] } else { nil }
    }

    /// The time of a kind of slot; nil where the times go by policy.
    public func time(of kind: SlotKind) -> Duration? {
      guard case .bySlotKind(let little, let big) = self else { return nil }
      return kind == .little ? little : big
    }
  }

  /// The board that the figures are for, as text for people.
  public let board: String
  /// In the order of the applications' names.
  public let listings: [Listing]
  public let configurationTimes: ConfigurationTimes
  /// Whether the publication's scheduler waited for each configuration.
  public let isConfigurationSynchronous: Bool
  /// The gaps between two arrivals in each load class, both ends possible.
  public let loadClasses: [String: ClosedRange<Duration>]
  /// The priorities that jobs have, ascending.
  public let priorities: [Int]

  init(
    board: String, listings: [Listing], configurationTimes: ConfigurationTimes, isConfigurationSynchronous: Bool,
    loadClasses: [String: ClosedRange<Duration>], priorities: [Int]
  ) {
    self.board = board
    self.listings = listings
    self.configurationTimes = configurationTimes
    self.isConfigurationSynchronous = isConfigurationSynchronous
    self.loadClasses = loadClasses
    self.priorities = priorities
  }

  /// The application of that name, if there is one; O(applications).
  public subscript(name: String) -> Listing? { listings.first { $0.application.name == name } }

  /// The gaps between two arrivals of a load class.
  ///
  /// - Throws: ``CatalogueError/unknownLoadClass(_:known:)``.
  public func gaps(of loadClass: String) throws(CatalogueError) -> ClosedRange<Duration> {
    guard let gaps = loadClasses[loadClass] else {
      throw .unknownLoadClass(loadClass, known: loadClasses.keys.sorted())
    }
    return gaps
  }
}
