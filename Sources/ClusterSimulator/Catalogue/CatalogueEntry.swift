internal import Fabric

/// Keys with texts for people, which every object of a catalogue may have.
enum CatalogueNotes {
  static let keys: Set<String> = ["notes", "provenance", "source"]
}

/// The root of a catalogue.
struct CatalogueEntry: ManifestObject {
  enum Key: String, ManifestKey {
    case board, configureMicroseconds, configureIsSynchronous, batchMax, priorities, arrivals, apps
    case notes, provenance, source
  }
  let board: String
  let configurationTimes: ApplicationCatalogue.ConfigurationTimes
  let isConfigurationSynchronous: Bool
  let batchMaxima: [String: Int]
  let priorities: [Int]
  let loadClasses: [String: ClosedRange<Duration>]
  /// In the order of the names.
  let applications: [(name: String, entry: CatalogueApplicationEntry)]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    try fields.checkNotes(.notes, .provenance, .source)
    board = try fields.value(.board)
    configurationTimes = try Self.configurationTimes(fields.item(.configureMicroseconds))
    isConfigurationSynchronous = try fields.optional(.configureIsSynchronous)?.truth() ?? false
    priorities = try Self.priorities(fields.item(.priorities))
    loadClasses = try Self.loadClasses(fields.item(.arrivals))
    applications = try Self.applications(fields.item(.apps))
    batchMaxima = try Self.batchMaxima(fields.item(.batchMax), of: applications.map(\.name))
  }

  private static func configurationTimes(
    _ item: ManifestItem
  ) throws(ManifestError) -> ApplicationCatalogue.ConfigurationTimes {
    var times: [String: Duration] = [:]
    for (name, item) in try item.namedMembers(notes: CatalogueNotes.keys) {
      times[name] = .microseconds(try item.roundedInteger(in: ManifestRange.microseconds))
    }
    if let little = times["little"], let big = times["big"], times.count == 2 {
      return .bySlotKind(little: little, big: big)
    }
    guard !times.isEmpty, times["little"] == nil, times["big"] == nil else {
      throw item.fault(.badShape, "times are needed for 'little' and 'big', or for policies")
    }
    return .byPolicy(times)
  }

  private static func priorities(_ item: ManifestItem) throws(ManifestError) -> [Int] {
    var priorities: Set<Int> = []
    for item in try item.elements(count: 1...Trace.priorities.count) {
      let priority = try item.integer(in: Trace.priorities)
      guard priorities.insert(priority).inserted else {
        throw item.fault(.duplicateName, "the priority \(priority) is there twice")
      }
    }
    return priorities.sorted()
  }

  private static func loadClasses(_ item: ManifestItem) throws(ManifestError) -> [String: ClosedRange<Duration>] {
    var classes: [String: ClosedRange<Duration>] = [:]
    for (name, item) in try item.namedMembers(notes: CatalogueNotes.keys) {
      classes[name] = try LoadClassEntry(item).gaps
    }
    return classes
  }

  private static func applications(
    _ item: ManifestItem
  ) throws(ManifestError) -> [(name: String, entry: CatalogueApplicationEntry)] {
    let members = try item.namedMembers(notes: CatalogueNotes.keys)
    guard 1...Trace.maximumApplicationCount ~= members.count else {
      throw item.fault(
        .outOfRange, "there are \(members.count) applications; 1 to \(Trace.maximumApplicationCount) are possible")
    }
    return try members.map { member throws(ManifestError) in
      (member.name, try CatalogueApplicationEntry(member.item))
    }
  }

  private static func batchMaxima(
    _ item: ManifestItem, of applications: [String]
  ) throws(ManifestError) -> [String: Int] {
    var maxima: [String: Int] = [:]
    for (name, item) in try item.namedMembers(notes: CatalogueNotes.keys) {
      guard applications.contains(name) else { throw item.fault(.unknownName, "there is no application '\(name)'") }
      maxima[name] = try item.integer(in: 1...Limits.itemsPerBatch)
    }
    return maxima
  }
}

private struct LoadClassEntry: ManifestObject {
  enum Key: String, ManifestKey { case minMilliseconds, maxMilliseconds, notes, provenance, source }
  let gaps: ClosedRange<Duration>

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    try fields.checkNotes(.notes, .provenance, .source)
    // Up to a day.
    let least = try fields.integer(.minMilliseconds, in: 0...86_400_000)
    let most = try fields.integer(.maxMilliseconds, in: 0...86_400_000)
    guard least <= most else { throw fields.fault(.badShape, "the least gap, \(least) ms, is above \(most) ms") }
    gaps = .milliseconds(least)...(.milliseconds(most))
  }
}
