import ClusterSimulator
import Fabric

extension Trace {
  /// The mean response of the fluid machine over all sequences, each by itself, in seconds.
  func fluidMean(_ demand: (Trace.Entry) -> FluidBound.Demand) -> Double {
    let sequences = Dictionary(grouping: entries, by: \.sequence).sorted { $0.key < $1.key }
    let responses = sequences.flatMap { _, entries in
      FluidBound(entries.map { FluidBound.Job(arrival: $0.arrival, demand: demand($0)) }).responses
    }
    return (ResponseStatistics(of: responses)?.mean ?? .zero) / .seconds(1)
  }

  /// The same where every job's work can be spread over so many slots, except digit recognition's, which runs alone.
  func fluidMean(of catalogue: ApplicationCatalogue, slots: Int) -> Double {
    fluidMean { entry in
      let tasks = catalogue[entry.application]?.application.tasks ?? []
      let work = tasks.reduce(Duration.zero) { $0 + .microseconds($1.measuredMicrosecondsPerItem) } * entry.batch
      return entry.application == "digit-recognition" ? .alone(work) : .spread(work: work, slots: Double(slots))
    }
  }
}
