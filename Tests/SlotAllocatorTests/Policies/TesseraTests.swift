import Fabric
import SlotAllocator
import Testing

/// Our own policy's decisions, worked by hand from its rules; a configuration takes 1 s in a Little slot, 2 s in a Big one.
///
/// A job's turn comes when the work of its tenant's jobs up to it is done on all slots, less 0.4 of its longest chain; the first turn is served first.
@Suite struct TesseraTests {
  func decisions(_ kinds: [SlotKind], _ arrivals: [HandBoard.Arrival]) throws -> [String] {
    var board = try HandBoard(kinds, policy: PolicyName.tessera.policy())
    return try board.run(arrivals)
  }

  /// The images that are brought in.
  func configurations(_ kinds: [SlotKind], _ arrivals: [HandBoard.Arrival]) throws -> [String] {
    try decisions(kinds, arrivals).filter { $0.contains("->") }
  }

  // MARK: The order of jobs

  @Test func `the job with the least work is served first`() throws {
    let arrivals = [
      HandBoard.Arrival(application: .chain(("A", 2))),
      HandBoard.Arrival(application: .chain(("B", 2)), items: 3, seconds: 2),
      HandBoard.Arrival(application: .chain(("C", 2)), seconds: 2),
    ]
    #expect(
      try decisions([.little], arrivals) == [
        "0 1: A -> 0",
        "1 1: A[0] in 0",
        "3 1: end",
        "3 3: C -> 0",  // its work is 2 s, B's 6 s
        "4 3: C[0] in 0",
        "6 3: end",
        "6 2: B -> 0",
        "7 2: B[0] in 0",
        "9 2: B[1] in 0",
        "11 2: B[2] in 0",
        "13 2: end",
      ])
  }

  @Test func `a job that no number of slots makes faster begins early`() throws {
    let short = HandBoard.Arrival(application: .chain(("S", 2)), items: 3)
    // On four slots the short job's turn is at 6 / 4 - 0.4 x 2 = 0.7. That of 20 s in one item is at (6 + 20) / 4 - 0.4 x 20 = -1.5.
    let long = HandBoard.Arrival(application: .chain(("L", 20)))
    #expect(
      try configurations([.little, .little, .little, .little], [short, long]) == ["0 2: L -> 0", "1 1: S -> 1"])
    // That of 20 s in five items, which can run side by side, is at (6 + 20) / 4 - 0.4 x 4 = 4.9.
    let wide = HandBoard.Arrival(application: .chain(("L", 4)), items: 5)
    #expect(
      try configurations([.little, .little, .little, .little], [short, wide]).prefix(2)
        == ["0 1: S -> 0", "1 2: L -> 1"])
  }

  @Test func `a tenant's jobs queue up behind each other, not before another tenant's`() throws {
    func arrivals(_ tenants: [String]) -> [HandBoard.Arrival] {
      zip(tenants, [("A", 2), ("B", 2), ("C", 2), ("D", 5)]).map {
        HandBoard.Arrival(application: .chain($1), tenant: TenantName($0))
      }
    }
    // On two slots the turns are at (2, 4, 6) / 2 - 0.4 x 2 = 0.2, 1.2, 2.2 for the one tenant, at 5 / 2 - 0.4 x 5 = 0.5 for the other.
    #expect(
      try decisions([.little, .little], arrivals(["many", "many", "many", "single"])) == [
        "0 1: A -> 0",
        "1 4: D -> 1",
        "1 1: A[0] in 0",
        "2 4: D[0] in 1",
        "3 1: end",
        "3 2: B -> 0",
        "4 2: B[0] in 0",
        "6 2: end",
        "6 3: C -> 0",
        "7 4: end",
        "7 3: C[0] in 0",
        "9 3: end",
      ])
    // Were they one tenant's, D's would be at (2 + 2 + 2 + 5) / 2 - 0.4 x 5 = 3.5.
    #expect(
      try configurations([.little, .little], arrivals(["one", "one", "one", "one"]))
        == ["0 1: A -> 0", "1 2: B -> 1", "3 3: C -> 0", "4 4: D -> 1"])
  }

  @Test(arguments: [(9, ["long", "short"]), (1, ["short", "long"])])
  func `work counts less the longer a job has waited, and the sooner the higher its priority`(
    priority: Int, order: [String]
  ) throws {
    // At 91 s job 2, of 3 s, has waited 89 s: its work counts 3 / (1 + 89^2 / 90^2) = 1.5 s at priority 9, and 3 / (1 + 89^2 / 90^2 / 9) = 2.7 s at priority 1. Job 3's
    // is 2 s.
    let arrivals = [
      HandBoard.Arrival(application: .chain(("A", 90))),
      HandBoard.Arrival(application: .chain(("long", 3)), priority: priority, seconds: 2),
      HandBoard.Arrival(application: .chain(("short", 2)), priority: 1, seconds: 90),
    ]
    let images = try configurations([.little], arrivals).dropFirst().map { $0.split(separator: ": ")[1] }
    #expect(images == order.map { "\($0) -> 0" })
  }

  // MARK: Slots

  @Test func `a further slot is taken only where it saves more than four configurations`() throws {
    let slots: [SlotKind] = [.little, .little, .little]
    // At 1 s, when A is there, three items are left beside the one that it takes: a second slot would save half of 3 x 2 s, less than 4 s.
    #expect(
      try configurations(slots, [HandBoard.Arrival(application: .chain(("A", 2)), items: 4)]) == ["0 1: A -> 0"])
    #expect(
      try decisions(slots, [HandBoard.Arrival(application: .chain(("A", 2)), items: 6)]) == [
        "0 1: A -> 0",
        "1 1: A -> 1",  // half of 5 x 2 s is more
        "1 1: A[0] in 0",
        "2 1: A[1] in 1",  // a third slot would save a third of 4 x 2 s
        "3 1: A[2] in 0",
        "4 1: A[3] in 1",
        "5 1: A[4] in 0",
        "6 1: A[5] in 1",
        "8 1: end",
      ])
  }

  @Test func `an image is used where it is, and stays while it is needed`() throws {
    let arrivals = [
      HandBoard.Arrival(application: .chain(("A", 1))),
      HandBoard.Arrival(application: .chain(("B", 1))),
      HandBoard.Arrival(application: .chain(("B", 1)), seconds: 4),
      HandBoard.Arrival(application: .chain(("C", 1)), seconds: 4),
      HandBoard.Arrival(application: .chain(("C", 1)), items: 2, seconds: 7),
      HandBoard.Arrival(application: .chain(("D", 1)), seconds: 7),
    ]
    #expect(
      try decisions([.little, .little], arrivals) == [
        "0 1: A -> 0",
        "1 2: B -> 1",
        "1 1: A[0] in 0",
        "2 1: end",
        "2 2: B[0] in 1",
        "3 2: end",
        "4 4: C -> 0",
        "4 3: B[0] in 1",  // both slots are free, and slot 1 holds B
        "5 3: end",
        "5 4: C[0] in 0",
        "6 4: end",
        "7 6: D -> 1",  // it comes first, having less work, and leaves slot 0 to job 5, which needs C
        "7 5: C[0] in 0",
        "8 5: C[1] in 0",
        "8 6: D[0] in 1",
        "9 5: end",
        "9 6: end",
      ])
  }

  @Test func `what waits for items gives its slot up first, then what is between items and comes later`() throws {
    let arrivals = [
      HandBoard.Arrival(application: .chain(("W", 1)), items: 8),
      HandBoard.Arrival(application: .chain(("A", 6), ("B", 1))),
      HandBoard.Arrival(application: .chain(("C", 1)), seconds: 4),
      HandBoard.Arrival(application: .chain(("D", 1)), seconds: 5),
    ]
    #expect(
      try decisions([.little, .little, .little], arrivals) == [
        // Turns: job 2 at 7 / 3 - 0.4 x 7, job 1 at (7 + 8) / 3 - 0.4 x 1.
        "0 2: A -> 0",
        "1 1: W -> 1",
        "1 2: A[0] in 0",
        "2 2: B -> 2",  // nothing has items for slot 2; B's are on their way
        "2 1: W[0] in 1",
        "3 1: W[1] in 1",
        // C has the least work. Slot 2 has nothing to do, slot 1 would go on with W.
        "4 3: C -> 2",
        "4 1: W[2] in 1",
        // Slot 2 is about to run C, which is before D. Slot 1 is between items of job 1, which is after it.
        "5 4: D -> 1",
        "5 3: C[0] in 2",
        "6 3: end",
        "6 1: W -> 2",  // it has items, B has none yet
        "6 4: D[0] in 1",
        "7 4: end",
        "7 2: B -> 0",
        "7 1: W[3] in 2",
        "8 2: B[0] in 0",
        "8 1: W[4] in 2",
        "9 2: end",
        "9 1: W[5] in 2",
        "10 1: W[6] in 2",
        "11 1: W[7] in 2",
        "12 1: end",
      ])
  }

  @Test func `a free slot is configured ahead of items that are on their way`() throws {
    let job = HandBoard.Arrival(application: .chain(("A", 3), ("B", 1), ("C", 1)))
    #expect(
      try decisions([.little, .little, .little], [job]) == [
        "0 1: A -> 0",
        "1 1: B -> 1",  // A has a slot
        "1 1: A[0] in 0",
        "2 1: C -> 2",  // and so has B
        "4 1: B[0] in 1",
        "5 1: C[0] in 2",
        "6 1: end",
      ])
  }
}
