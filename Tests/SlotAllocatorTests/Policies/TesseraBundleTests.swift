import Fabric
import SlotAllocator
import Testing

/// What our own policy does with Big slots, worked by hand; a configuration takes 2 s there.
///
/// The first job, of one long item, keeps the Little slot busy from 1 s to 101 s.
@Suite struct TesseraBundleTests {
  private static let begin = ["0 1: H -> 0"]
  private static let end = ["101 1: end"]

  func decisions(bigSlots: Int, _ arrivals: [HandBoard.Arrival]) throws -> [String] {
    var board = try HandBoard(
      [.little] + Array(repeating: .big, count: bigSlots), policy: PolicyName.tessera.policy())
    return try board.run([HandBoard.Arrival(application: .chain(("H", 100)))] + arrivals)
  }

  private func pair(
    _ first: String, _ second: String, seconds: Double, items: Int, at arrival: Double
  ) -> HandBoard.Arrival {
    let bundle = TestBundle([first, second], serialSeconds: 3 * seconds, parallelSeconds: seconds)
    return HandBoard.Arrival(
      application: .chain((first, seconds), (second, seconds), bundles: [bundle]), items: items, seconds: arrival)
  }

  @Test(arguments: [(1, "1 2: XYZ -> 1"), (2, "1 2: X.Y.Z -> 1")])
  func `a bundle is serial where that takes less for the items that are left`(items: Int, configuration: String) throws
  {
    // One item takes 4 s in the serial one, 3 x 2 s in the parallel one; two take 8 s in each.
    let bundle = TestBundle(["X", "Y", "Z"], serialSeconds: 4, parallelSeconds: 2)
    let job = HandBoard.Arrival(
      application: .chain(("X", 2), ("Y", 2), ("Z", 2), bundles: [bundle]), items: items, seconds: 1)
    #expect(try decisions(bigSlots: 1, [job]).filter { $0.contains("->") } == Self.begin + [configuration])
  }

  @Test func `a Big slot goes first to a group of tasks that it would be filled well by`() throws {
    let bundle = TestBundle(["X", "Y", "Z"], serialSeconds: 4, parallelSeconds: 1)
    let three = HandBoard.Arrival(
      application: .chain(("X", 1), ("Y", 1), ("Z", 1), bundles: [bundle]), items: 3, seconds: 1)
    #expect(
      try decisions(bigSlots: 1, [three, pair("U", "V", seconds: 2, items: 3, at: 1)]) == Self.begin + [
        // Job 2 comes first, with 9 s of work to 12 s. But its first launch would be a third of a full one, that of job 3 a half.
        "1 3: U.V -> 1",
        "1 1: H[0] in 0",
        "3 3: U[0] in 1",
        "5 3: U[1] V[0] in 1",
        "7 3: U[2] V[1] in 1",
        "9 3: V[2] in 1",
        // Nothing else would fill it better.
        "11 3: end",
        "11 2: X.Y.Z -> 1",
        "13 2: X[0] in 1",
        "14 2: X[1] Y[0] in 1",
        "15 2: X[2] Y[1] Z[0] in 1",
        "16 2: Y[2] Z[1] in 1",
        "17 2: Z[2] in 1",
        "18 2: end",
      ] + Self.end)
  }

  /// A job with both Big slots, until 7 s.
  private static let inBothSlots = [
    "1 2: U.V -> 1",
    "1 1: H[0] in 0",
    // Slot 1 takes U's first item; beside it another launch could take its second, which is half a full one.
    "3 2: U.V -> 2",
    "3 2: U[0] in 1",
    "5 2: U[1] V[0] in 1",
    "5 2: U[2] in 2",
  ]

  @Test func `a group in two slots takes its items in whichever is free`() throws {
    #expect(
      try decisions(bigSlots: 2, [pair("U", "V", seconds: 2, items: 6, at: 1)]) == Self.begin + Self.inBothSlots + [
        "7 2: U[3] V[1] in 1",
        "7 2: U[4] V[2] in 2",
        "9 2: U[5] V[3] in 1",
        "9 2: V[4] in 2",
        "11 2: V[5] in 1",
        "13 2: end",
      ] + Self.end)
  }

  @Test func `a group gives its second slot up to any other, and goes on in the one that it keeps`() throws {
    let jobs = [pair("U", "V", seconds: 2, items: 6, at: 1), pair("P", "Q", seconds: 1, items: 10, at: 6)]
    #expect(
      try decisions(bigSlots: 2, jobs) == Self.begin + Self.inBothSlots + [
        // Job 3 comes after job 2, which has 16 s of work left, and gets its second slot all the same.
        "7 3: P.Q -> 1",
        "7 2: U[3] V[1] in 2",  // V's first item was in slot 1
        "9 3: P[0] in 1",
        "9 2: U[4] V[2] in 2",
        // From here on job 2 would fill a second slot, too; but nobody has one to give.
        "10 3: P[1] Q[0] in 1",
        "11 3: P[2] Q[1] in 1",
        "11 2: U[5] V[3] in 2",
        "12 3: P[3] Q[2] in 1",
        "13 3: P[4] Q[3] in 1",
        "13 2: V[4] in 2",
        "14 3: P[5] Q[4] in 1",
        "15 3: P[6] Q[5] in 1",
        "15 2: V[5] in 2",
        "16 3: P[7] Q[6] in 1",
        "17 2: end",
        "17 3: P.Q -> 2",  // beside slot 1, which takes P's ninth item, another launch could take its tenth
        "17 3: P[8] Q[7] in 1",
        "18 3: P[9] Q[8] in 1",
        "19 3: Q[9] in 1",
        "20 3: end",
      ] + Self.end)
  }
}
