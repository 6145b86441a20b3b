internal import ArgumentParser
internal import Fabric
internal import SoftFPGA

/// Which configurations of an emulated board go wrong.
struct FaultOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Spoil configurations of a slot on their way, such as 'crc:slot=2:times=3'; may be repeated.",
      discussion: """
        KIND:slot=N[:from=N][:times=N], where KIND is \(FaultPlan.Kind.allCases.map(\.rawValue).joined(separator: ", ")); \
        from which configuration of the slot on, counted from 1, and how many times, for ever if not given.
        """,
      valueName: "fault"))
  var fault: [String] = []

  @Option(help: ArgumentHelp("The seed of the configurations that --fault-rate spoils.", valueName: "number"))
  var faultSeed: UInt64 = 1

  @Option(help: ArgumentHelp("How probable it is that a configuration is spoilt, 0 to 1.", valueName: "probability"))
  var faultRate = 0.0

  /// The plan, which fits the board.
  func plan(for descriptor: BoardDescriptor) throws(SoftFPGAError) -> FaultPlan {
    var faults: [FaultPlan.Fault] = []
    for text in fault { faults.append(try FaultPlan.Fault(parsing: text)) }
    let plan = FaultPlan(faults, seed: faultSeed, probability: faultRate)
    try plan.check(against: descriptor)
    return plan
  }
}
