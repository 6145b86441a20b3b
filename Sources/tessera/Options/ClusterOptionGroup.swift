internal import ArgumentParser
internal import ClusterSimulator
internal import SlotAllocator

/// Whether a cluster is simulated in place of a board.
struct ClusterOptionGroup: ParsableArguments {
  @Option(help: ArgumentHelp("Simulate a broker and so many boards, all alike; with --summary.", valueName: "count"))
  var boards: Int?

  @Flag(help: "Say of a cluster what all its jobs come to; it does not list them.")
  var summary = false

  /// How many boards a cluster shall have; nil where none is asked for.
  ///
  /// - Throws: ``ClusterError/badConfiguration(_:)`` for what goes not together.
  func boards(under policies: [PolicyName], besides flagOfOneBoard: String?) throws(ClusterError) -> Int? {
    guard let boards else {
      if summary { throw .badConfiguration("--summary needs --boards") }
      return nil
    }
    guard summary else { throw .badConfiguration("--boards needs --summary: the jobs of a cluster are not listed") }
    guard 1...ClusterConfiguration.boardLimit ~= boards else {
      throw .badConfiguration("--boards is not 1 to \(ClusterConfiguration.boardLimit)")
    }
    guard policies.count == 1 else { throw .badConfiguration("--boards takes one policy, not \(policies.count)") }
    if let flagOfOneBoard { throw .badConfiguration("\(flagOfOneBoard) is for one board, without --boards") }
    return boards
  }
}
