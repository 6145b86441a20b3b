import Fabric
import SlotAllocator
import Testing

/// VersaSlot's decisions, worked by hand from its rules.
@Suite struct VersaSlotTests {
  private let versaslot = PolicyName.versaslot.policy()

  @Test func `three images in a row come before their first items, and no more`() throws {
    let a = TestApplication.chain(("a0", 6), ("a1", 1), ("a2", 1), ("a3", 1), ("a4", 1))
    var board = try HandBoard(Array(repeating: .little, count: 5), policy: versaslot)
    #expect(
      try board.run([HandBoard.Arrival(application: a, items: 2, priority: 9)]) == [
        // Alone, the job may have a slot for each task. Its input is there: not early.
        "0 1: a0 -> 0",
        // a0's first item is there at 7 only: a1, a2 and a3 are early.
        "1 1: a1 -> 1",
        "1 1: a0[0] in 0",
        "2 1: a2 -> 2",
        "3 1: a3 -> 3",
        // a4 would be the fourth; slot 4 stays free.
        "7 1: a0[1] in 0",
        "7 1: a1[0] in 1",
        "8 1: a2[0] in 2",
        "9 1: a3[0] in 3",
        // a3 has ended its first item.
        "10 1: a4 -> 4",
        "11 1: a4[0] in 4",
        "13 1: a1[1] in 1",
        "14 1: a2[1] in 2",
        "15 1: a3[1] in 3",
        "16 1: a4[1] in 4",
        "17 1: end",
      ])
  }

  // A: four tasks of 2 s, three items. With 1 s a configuration it takes 28, 16 and 14 s on one, two and three slots; k T(k)^2 is 784, 512 and 588, so that
  // two slots are its optimum.
  @Test func `a surplus slot goes to a job that has none, and few tokens wait`() throws {
    let a = TestApplication.chain(("a0", 2), ("a1", 2), ("a2", 2), ("a3", 2))
    var board = try HandBoard([.little, .little, .little], policy: versaslot)
    let arrivals = [
      HandBoard.Arrival(application: a, items: 3, priority: 9),
      HandBoard.Arrival(application: .chain(("b0", 3)), priority: 9, seconds: 4),
      HandBoard.Arrival(application: .chain(("c0", 2)), priority: 1, seconds: 4),
    ]
    #expect(
      try board.run(arrivals) == [
        // Alone, A may have all: one, then two (its optimum), then a slot for each task.
        "0 1: a0 -> 0",
        "1 1: a1 -> 1",
        "1 1: a0[0] in 0",
        "2 1: a2 -> 2",
        "3 1: a0[1] in 0",
        "3 1: a1[0] in 1",
        // A's tokens have grown beyond 9 at 0.4, so that 9 are needed: B is a candidate, C with 1 is not. One slot for each makes two, A's
        // optimum makes three: no surplus. B can begin and no slot is free; A has one beyond its optimum, where a2 waits between items.
        "4 2: b0 -> 2",
        "5 1: a0[2] in 0",
        "5 1: a1[1] in 1",
        "5 2: b0[0] in 2",
        // a0 is done: A has one slot, and may have two.
        "7 1: a2 -> 0",
        "7 1: a1[2] in 1",
        // B has gone; A may again have a slot for each of its three tasks.
        "8 2: end",
        "8 1: a3 -> 2",
        "8 1: a2[0] in 0",
        // From 9 on slot 1 is free, but C has too few tokens: 0.125 for each 4 s of waiting (its work, with one item more), every 0.4 s.
        "10 1: a2[1] in 0",
        "10 1: a3[0] in 2",
        "12 1: a2[2] in 0",
        "12 1: a3[1] in 2",
        "14 1: a3[2] in 2",
        // Without A the most tokens are C's: 1 + 0.125 x (0.4 + 0.8 + ... + 12) / 4 = 6.8, so that 3 are needed.
        "16 1: end",
        "16 3: c0 -> 0",
        "17 3: c0[0] in 0",
        "19 3: end",
      ])
  }

  /// Three tasks in one bundle.
  ///
  /// For two items the serial one takes 2 x 4 s, the parallel one (2 + 2) x 1 s.
  private let x = TestApplication.chain(
    ("x0", 3), ("x1", 3), ("x2", 3),
    bundles: [TestBundle(["x0", "x1", "x2"], serialSeconds: 4, parallelSeconds: 1)])
  /// Two tasks in one bundle.
  ///
  /// For one item the serial one takes 2 s, the parallel one (1 + 1) x 2 s. In Little slots, with 1 s a configuration, it takes
  /// 8 s on one and 7 s on two: one is its optimum.
  private let y = TestApplication.chain(
    ("y0", 3), ("y1", 3), bundles: [TestBundle(["y0", "y1"], serialSeconds: 2, parallelSeconds: 2)])

  @Test func `bundles come first, and who has not begun moves to a Big slot`() throws {
    var board = try HandBoard([.little, .little, .big], policy: versaslot)
    let arrivals =
      [HandBoard.Arrival(application: x, items: 2, priority: 9)]
      + [1, 1, 2, 11].map { HandBoard.Arrival(application: y, priority: 9, seconds: $0) }
    #expect(
      try board.run(arrivals) == [
        // The Big slot is the first job's, in the variant that takes less.
        "0 1: x0.x1.x2 -> 2",
        // Jobs 2 and 3 came while the port was busy and no Big slot was left: Little, with one slot each. So is job 4, which finds none.
        "2 2: y0 -> 0",
        "2 1: x0[0] in 2",
        "3 3: y0 -> 1",
        "3 2: y0[0] in 0",
        "3 1: x0[1] x1[0] in 2",
        "4 3: y0[0] in 1",
        "4 1: x1[1] x2[0] in 2",
        "5 1: x2[1] in 2",
        // The Big slot is free: job 4, which has not begun, is bound to it, but jobs 2 and 3 come before it at the port.
        "6 1: end",
        "6 2: y1 -> 0",
        "7 3: y1 -> 1",
        "7 2: y1[0] in 0",
        "8 4: y0y1 -> 2",
        "8 3: y1[0] in 1",
        "10 2: end",
        "10 4: y0y1[0] in 2",
        // Job 5 gets its optimum and, nobody else being there, the slot that is left, long before y1's item comes. It still holds job 3's y1:
        // nothing is brought in.
        "11 3: end",
        "11 5: y0 -> 0",
        "12 4: end",
        "12 5: y0[0] in 0",
        "15 5: y1[0] in 1",
        "18 5: end",
      ])
  }

  @Test func `a job whose Big slot fails goes on in Little ones`() throws {
    var board = try HandBoard([.little, .little, .big], broken: [2], policy: versaslot)
    #expect(
      try board.run([HandBoard.Arrival(application: y, priority: 9)]) == [
        "0 1: y0y1 -> 2",
        "2 1: y0 -> 0",
        "3 1: y1 -> 1",
        "3 1: y0[0] in 0",
        "6 1: y1[0] in 1",
        "9 1: end",
      ])
  }
}
