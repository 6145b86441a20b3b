import Fabric
import SlotAllocator
import Testing

/// Decisions of the published policies, worked out by hand from the papers' rules; a configuration takes one second.
@Suite struct PublishedPolicyTests {
  /// Every decision of a policy; with `goals` of the policy as published.
  func decisions(
    _ name: PolicyName, published goals: [String: Int]? = nil, slots: Int, _ arrivals: [HandBoard.Arrival]
  ) throws -> [String] {
    let policy = try goals.map { try #require(name.published(slotGoals: $0)) } ?? name.policy()
    var board = try HandBoard(Array(repeating: .little, count: slots), policy: policy)
    return try board.run(arrivals)
  }

  let two = [
    HandBoard.Arrival(application: .chain(("A", 2), ("B", 3)), items: 2),
    HandBoard.Arrival(application: .chain(("C", 2)), seconds: 1),
  ]

  /// Jobs of one task, A, B and so on, and one item.
  static func singles(_ jobs: (arrival: Double, priority: Int, seconds: Double)...) -> [HandBoard.Arrival] {
    zip(["A", "B", "C", "D", "E"], jobs).map { name, job in
      HandBoard.Arrival(application: .chain((name, job.seconds)), priority: job.priority, seconds: job.arrival)
    }
  }

  @Test func `first come, first served takes tasks in the order in which they became able to run`() throws {
    let decisions = try decisions(.fcfs, slots: 2, two)
    #expect(
      decisions == [
        "0 1: A -> 0",
        "1 2: C -> 1",  // job 2 has just arrived; B waits for its first item, so C is first in the queue
        "1 1: A[0] in 0",
        "2 2: C[0] in 1",
        "3 1: A[1] in 0",  // B could run now, but no slot is free; A keeps its own between items
        "4 2: end",
        "4 1: B -> 1",  // C's batch is done
        "5 1: B[0] in 1",
        "8 1: B[1] in 1",
        "11 1: end",
      ])
  }

  @Test func `first come, first served as published waits for the whole batch`() throws {
    let decisions = try decisions(.fcfs, published: [:], slots: 2, two)
    #expect(
      decisions == [
        "0 1: A -> 0",
        "1 2: C -> 1",
        "1 1: A[0] in 0",
        "2 2: C[0] in 1",
        "3 1: A[1] in 0",
        "4 2: end",
        "5 1: B -> 0",  // slot 1 has been free since 4, but A's second item ended only now; slot 0 is the lowest
        "6 1: B[0] in 0",
        "9 1: B[1] in 0",
        "12 1: end",
      ])
  }

  @Test func `under exclusive use a job has the board until it ends`() throws {
    let decisions = try decisions(.exclusive, slots: 2, two)
    #expect(
      decisions == [
        "0 1: A -> 0",
        "1 1: A[0] in 0",  // C could have slot 1, but the board is job 1's
        "3 1: B -> 1",  // B has its first item
        "3 1: A[1] in 0",
        "4 1: B[0] in 1",
        "7 1: B[1] in 1",
        "10 1: end",
        "10 2: C -> 0",
        "11 2: C[0] in 0",
        "13 2: end",
      ])
  }

  @Test func `exclusive use as published does not overlap tasks`() throws {
    let decisions = try decisions(.exclusive, published: [:], slots: 2, two)
    #expect(
      decisions == [
        "0 1: A -> 0",
        "1 1: A[0] in 0",
        "3 1: A[1] in 0",
        "5 1: B -> 0",  // both slots are free, the whole batch is there
        "6 1: B[0] in 0",
        "9 1: B[1] in 0",
        "12 1: end",
        "12 2: C -> 0",
        "13 2: C[0] in 0",
        "15 2: end",
      ])
  }

  /// Jobs 1 and 2 at first, then at 1 s jobs 3, 4 and 5, with priorities 1, 1, 1, 9 and 9.
  let five = Self.singles((0, 1, 4), (0, 1, 4), (1, 1, 2), (1, 9, 2), (1, 9, 2))

  // The queues in both: at 0 A joins slot 0, B slot 1, the shorter one. At 1 slot 0 is busy with an empty queue and slot 1 is free with B in its queue: one task each. So C
  // joins slot 0, the lower, D slot 1, which is the shorter then, and E slot 0.

  @Test func `in round robin the higher priority leaves a slot's queue first`() throws {
    let decisions = try decisions(.roundRobin, slots: 2, five)
    #expect(
      decisions == [
        "0 1: A -> 0",
        "1 4: D -> 1",  // D, of priority 9, before B
        "1 1: A[0] in 0",
        "2 4: D[0] in 1",
        "4 4: end",
        "4 2: B -> 1",
        "5 1: end",
        "5 5: E -> 0",  // E before C
        "5 2: B[0] in 1",
        "6 5: E[0] in 0",
        "8 5: end",
        "8 3: C -> 0",  // in slot 0, though slot 1 will be free
        "9 2: end",
        "9 3: C[0] in 0",
        "11 3: end",
      ])
  }

  @Test func `round robin as published has its queues the wrong way round`() throws {
    let decisions = try decisions(.roundRobin, published: [:], slots: 2, five)
    #expect(
      decisions == [
        "0 1: A -> 0",
        "1 2: B -> 1",  // B, of priority 1, before D
        "1 1: A[0] in 0",
        "2 2: B[0] in 1",
        "5 1: end",
        "5 3: C -> 0",  // C before E
        "6 2: end",
        "6 4: D -> 1",
        "6 3: C[0] in 0",
        "7 4: D[0] in 1",
        "8 3: end",
        "8 5: E -> 0",
        "9 4: end",
        "9 5: E[0] in 0",
        "11 5: end",
      ])
  }

  @Test func `of one job's tasks in a queue the first leaves first, and as published the last`() throws {
    let application = TestApplication(
      tasks: ["A", "B", "C"].map { TestTask($0, reads: ["in"], writes: ["from-\($0)"], seconds: 2) }
        + [TestTask("D", reads: ["from-A", "from-B", "from-C"], writes: ["out"], seconds: 2)])
    let job = [HandBoard.Arrival(application: application)]
    // A is configured at once, B and C join the queue while it is; D waits for all three.
    #expect(
      try decisions(.roundRobin, slots: 1, job) == [
        "0 1: A -> 0", "1 1: A[0] in 0", "3 1: B -> 0", "4 1: B[0] in 0", "6 1: C -> 0", "7 1: C[0] in 0",
        "9 1: D -> 0", "10 1: D[0] in 0", "12 1: end",
      ])
    #expect(
      try decisions(.roundRobin, published: [:], slots: 1, job) == [
        "0 1: A -> 0", "1 1: A[0] in 0", "3 1: C -> 0", "4 1: C[0] in 0", "6 1: B -> 0", "7 1: B[0] in 0",
        "9 1: D -> 0", "10 1: D[0] in 0", "12 1: end",
      ])
  }

  /// Job 1 alone at first; at 1 s job 2 of priority 3 with a task of 2 s, and jobs 3 and 4 of priority 9 with tasks of 4 s and 1 s.
  let four = Self.singles((0, 1, 1), (1, 3, 2), (1, 9, 4), (1, 9, 1))

  // Tokens begin at the priority. From 1 s on an update at t adds priority x (t - 1) / length: B 1.5, C 2.25, D 9 times (t - 1). Updates are at 1.2, 1.6, 2.0, ...

  @Test func `PREMA takes the shortest of the tasks whose tokens reach the threshold`() throws {
    let decisions = try decisions(.prema, slots: 1, four)
    #expect(
      decisions == [
        "0 1: A -> 0",  // its token reaches the threshold of 1
        "1 1: A[0] in 0",
        "2 1: end",
        // After 1.2, 1.6 and 2.0: B has 3 + 1.5 x 1.8 = 5.7, C 13.05, D 25.2; the threshold is 9; D is shorter than C.
        "2 4: D -> 0",
        "3 4: D[0] in 0",
        "4 4: end",
        // After 2.4 B has 7.8, after 2.8 it has 10.5: above the threshold now, and shorter than C.
        "4 2: B -> 0",
        "5 2: B[0] in 0",
        "7 2: end",
        "7 3: C -> 0",
        "8 3: C[0] in 0",
        "12 3: end",
      ])
  }

  @Test func `PREMA as published lets only tasks above the threshold through`() throws {
    let decisions = try decisions(.prema, published: [:], slots: 1, four)
    #expect(
      decisions == [
        "0.4 1: A -> 0",  // its token of 1 is not above 1; the first update gives it 1.4
        "1.4 1: A[0] in 0",
        "2.4 1: end",
        // After 1.2, 1.6, 2.0 and 2.4: B has 3 + 1.5 x 3.2 = 7.8, below the threshold of 9.
        "2.4 4: D -> 0",
        "3.4 4: D[0] in 0",
        "4.4 4: end",
        "4.4 2: B -> 0",
        "5.4 2: B[0] in 0",
        "7.4 2: end",
        "7.4 3: C -> 0",
        "8.4 3: C[0] in 0",
        "12.4 3: end",
      ])
  }

  @Test(arguments: [nil, ["made-up": 2]])
  func `Nimblock takes a slot between items from a job beyond its allowance`(
    goals: [String: Int]?
  ) throws {
    // The optimiser's goal of the pair is 2 as well: on one slot it takes 1 + 6 + 1 + 6 = 14 s, on two 9 s, B's last item being at 1 + 2 + 3 x 2; and 2 x 9 x 9 < 14 x 14.
    let decisions = try decisions(
      .nimblock, published: goals, slots: 2,
      [
        HandBoard.Arrival(application: .chain(("A", 2), ("B", 2)), items: 3, priority: 3),
        HandBoard.Arrival(application: .chain(("C", 1)), priority: 9, seconds: 5),
      ])
    #expect(
      decisions == [
        "0 1: A -> 0",  // the only candidate: one slot, and the other one up to its goal of 2
        "1 1: A[0] in 0",
        "3 1: B -> 1",  // A is one item ahead
        "3 1: A[1] in 0",
        "4 1: B[0] in 1",
        // Job 2 arrives with 9 tokens; one slot for each candidate leaves none over, so job 1 is one beyond. But B, its latest task, is
        // running: no slot is taken.
        "5 1: A[2] in 0",
        // At 5.2 job 2 has 9 + 9 x 0.125 x 0.2 / 1 = 9.225 tokens, the threshold is 9, and job 1, with less than 5, is no candidate any more. At 6 B is between items.
        "6 2: C -> 1",
        "7 2: C[0] in 1",  // A's batch is done, and slot 0 is free; but job 1 is no candidate until job 2 has ended
        "8 2: end",
        "8 1: B -> 0",
        "9 1: B[1] in 0",
        "11 1: B[2] in 0",
        "13 1: end",
      ])
  }

  /// Job 2's B gets slot 0, the lower one, after job 1, and runs there when C comes and A is between items in slot 1.
  let threeJobs = [
    HandBoard.Arrival(application: .chain(("X", 1)), priority: 3),
    HandBoard.Arrival(application: .chain(("A", 2), ("B", 3)), items: 4, priority: 3),
    HandBoard.Arrival(application: .chain(("C", 1)), priority: 9, seconds: 5.5),
  ]

  /// What both of Nimblock's rules do until they differ.
  private let beforeVictim = [
    "0 1: X -> 0",  // one slot for each of the two candidates
    "1 2: A -> 1",
    "1 1: X[0] in 0",
    "2 1: end",
    "2 2: A[0] in 1",
    "4 2: B -> 0",  // alone, job 2 may have a slot for each task
    "4 2: A[1] in 1",
    "5 2: B[0] in 0",
    // C comes at 5.5 with 9 tokens, has more at 5.6, and job 2, with less than 5, is no candidate any more: two slots beyond what it may have.
  ]

  @Test func `Nimblock takes the slot of a job's latest task, once that is between items`() throws {
    #expect(
      try decisions(.nimblock, slots: 2, threeJobs) == beforeVictim + [
        "6 2: A[2] in 1",  // B is running: A keeps its slot
        "8 3: C -> 0",  // both are between items: B's is taken
        "8 2: A[3] in 1",
        "9 3: C[0] in 0",
        "10 3: end",
        "10 2: B -> 0",
        "11 2: B[1] in 0",
        "14 2: B[2] in 0",
        "17 2: B[3] in 0",
        "20 2: end",
      ])
  }

  @Test func `Nimblock as published takes an earlier task's slot, where the later one runs in a slot before it`() throws
  {
    #expect(
      try decisions(.nimblock, published: ["made-up": 2], slots: 2, threeJobs) == beforeVictim + [
        "6 3: C -> 1",  // the scan has passed slot 0, where B runs, before it sees A between items
        "7 3: C[0] in 1",
        "8 3: end",
        "8 2: A -> 1",
        "8 2: B[1] in 0",
        "9 2: A[2] in 1",
        "11 2: B[2] in 0",
        "11 2: A[3] in 1",
        "14 2: B[3] in 0",
        "17 2: end",
      ])
  }
}
