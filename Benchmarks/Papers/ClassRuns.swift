import ArgumentParser
import ClusterSimulator
import Fabric
import SlotAllocator

/// What came of one policy in one class.
struct ClassOutcome {
  let layout: Layout
  /// In seconds.
  let mean: Double
  let p99: Double
  let bound: Double

  /// How far the mean lies above the bound, as a fraction.
  var excess: Double { mean / bound - 1 }

  var cell: String {
    let name = layout == .onlyLittle ? "OL" : "BL"
    return "\(Figures.text(mean)) / \(Figures.text(p99)) (\(name), \(Figures.percent(excess)))"
  }
}

/// Simulates what the tables need, each case once.
struct ClassRuns {
  private struct Case: Hashable {
    let policy: PolicyName
    let layout: Layout
    let price: ClassScenario.Price
    let bundles: ClassScenario.Bundles
    let isRelocatable: Bool
    let trace: Int
  }

  private let house: VersaSlotHouse
  private let traces: [Trace]
  private var known: [Case: ResponseStatistics] = [:]

  init(house: VersaSlotHouse, traces: [Trace]) {
    self.house = house
    self.traces = traces
  }

  mutating func outcome(
    of policy: PolicyName, on layout: Layout, _ scenario: ClassScenario, trace: Int
  ) throws -> ClassOutcome {
    // What a policy does not use makes no difference to it.
    let usesBundles = layout == .bigLittle && (policy == .versaslot || policy == .tessera)
    let price = scenario.price(for: policy)
    let key = Case(
      policy: policy, layout: layout, price: price, bundles: usesBundles ? scenario.bundles : .stated,
      isRelocatable: price == .cached || policy == .tessera ? scenario.isRelocatable : true, trace: trace)
    let response = try known[key] ?? simulate(key)
    known[key] = response
    return ClassOutcome(
      layout: layout, mean: response.mean / .seconds(1), p99: response.p99 / .seconds(1),
      bound: bound(of: trace, on: layout, scenario.bundles))
  }

  private func simulate(_ key: Case) throws -> ResponseStatistics {
    let report = try TraceSimulation(
      of: traces[key.trace], catalogue: house.catalogue(key.bundles),
      board: house.board(key.layout, isRelocatable: key.isRelocatable),
      options: SimulationOptions(configuration: key.price.configuration)
    ).report(under: key.policy)
    guard let response = report.response else { throw ValidationError("the trace has no jobs") }
    return response
  }

  /// The mean of the fluid machine, in seconds: a bound on eight Little slots, an estimate where bundles run in Big ones.
  func bound(of trace: Int, on layout: Layout, _ bundles: ClassScenario.Bundles) -> Double {
    traces[trace].fluidMean { entry in
      house.catalogue(bundles)[entry.application]?.application.demand(of: entry.batch, on: layout) ?? .alone(.zero)
    }
  }
}

extension Application {
  fileprivate func demand(of batch: Int, on layout: Layout) -> FluidBound.Demand {
    let perItem = tasks.map { Duration.microseconds($0.measuredMicrosecondsPerItem) }
    let perLaunch = bundles.map { Duration.microseconds($0.microsecondsPerLaunch[.parallel] ?? 0) }
    let slots =
      switch layout {
      case .onlyLittle: 8.0
      case .bigLittle: 4 + 2 * FluidBound.littleSlotsPerBigSlot(perItem: perItem, perBundleLaunch: perLaunch)
      }
    return .spread(work: perItem.reduce(.zero, +) * batch, slots: slots)
  }
}
