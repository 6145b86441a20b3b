public import Fabric

extension ClusterWorkload {
  /// The jobs of each sequence of a trace, which is a run of its own, in the order of the sequences' numbers.
  ///
  /// O(n log n) for n entries.
  ///
  /// - Throws: ``ClusterError/badWorkload(_:)`` for an application that the catalogue does not have.
  public static func sequences(
    of trace: Trace, from catalogue: ApplicationCatalogue
  ) throws(ClusterError) -> [(sequence: Int, workload: ClusterWorkload)] {
    let applications = catalogue.listings.map(\.application)
    let positions = Dictionary(applications.enumerated().map { ($1.name, $0) }) { first, _ in first }
    var arrivals: [Int: [Arrival]] = [:]
    for entry in trace.entries {
      guard let position = positions[entry.application] else {
        throw .badWorkload("the catalogue has no application '\(entry.application)'")
      }
      arrivals[entry.sequence, default: []].append(
        Arrival(at: entry.arrival, application: position, itemCount: entry.batch, priority: entry.priority))
    }
    var sequences: [(sequence: Int, workload: ClusterWorkload)] = []
    for number in arrivals.keys.sorted() {
      sequences.append((number, try ClusterWorkload(applications: applications, arrivals: arrivals[number] ?? [])))
    }
    return sequences
  }
}
