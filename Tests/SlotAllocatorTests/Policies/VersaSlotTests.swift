import Fabric
import SlotAllocator
import Testing

/// VersaSlot's decisions, worked by hand from its rules.
@Suite struct VersaSlotTests {
  @Test func `three images in a row come before their first items, and no more`() throws {
    var board = try PolicyTimeline(.versaslot, on: Array(repeating: .little, count: 5), littleSeconds: 1)
    try board.submit(TimedChain(name: "a", seconds: [6, 1, 1, 1, 1]), items: 2, priority: 9, at: 0)
    #expect(
      try board.run() == [
        // Alone, the job may have a slot for each task. Its input is there: not early.
        "0 configure s0 1: a0",
        // a0's first item is there at 7 only: a1, a2 and a3 are early.
        "1 configure s1 1: a1",
        "1 launch s0 1: a0[0]",
        "2 configure s2 1: a2",
        "3 configure s3 1: a3",
        // a4 would be the fourth; slot 4 stays free.
        "7 launch s0 1: a0[1]",
        "7 launch s1 1: a1[0]",
        "8 launch s2 1: a2[0]",
        "9 launch s3 1: a3[0]",
        // a3 has ended its first item.
        "10 configure s4 1: a4",
        "11 launch s4 1: a4[0]",
        "13 launch s1 1: a1[1]",
        "14 launch s2 1: a2[1]",
        "15 launch s3 1: a3[1]",
        "16 launch s4 1: a4[1]",
        "17 end 1",
      ])
  }

  // A: four tasks of 2 s, three items. With 1 s a configuration it takes 28, 16 and 14 s on one, two and three slots; k T(k)^2 is 784, 512 and 588, so that
  // two slots are its optimum.
  @Test func `a surplus slot goes to a job that has none, and few tokens wait`() throws {
    var board = try PolicyTimeline(.versaslot, on: [.little, .little, .little], littleSeconds: 1)
    try board.submit(TimedChain(name: "a", seconds: [2, 2, 2, 2]), items: 3, priority: 9, at: 0)
    try board.submit(TimedChain(name: "b", seconds: [3]), items: 1, priority: 9, at: 4)
    try board.submit(TimedChain(name: "c", seconds: [2]), items: 1, priority: 1, at: 4)
    #expect(
      try board.run() == [
        // Alone, A may have all: one, then two (its optimum), then a slot for each task.
        "0 configure s0 1: a0",
        "1 configure s1 1: a1",
        "1 launch s0 1: a0[0]",
        "2 configure s2 1: a2",
        "3 launch s0 1: a0[1]",
        "3 launch s1 1: a1[0]",
        // A's tokens have grown beyond 9 at 0.4, so that 9 are needed: B is a candidate, C with 1 is not. One slot for each makes two, A's
        // optimum makes three: no surplus. B can begin and no slot is free; A has one beyond its optimum, where a2 waits between items.
        "4 configure s2 2: b0",
        "5 launch s0 1: a0[2]",
        "5 launch s1 1: a1[1]",
        "5 launch s2 2: b0[0]",
        // a0 is done: A has one slot, and may have two.
        "7 configure s0 1: a2",
        "7 launch s1 1: a1[2]",
        // B has gone; A may again have a slot for each of its three tasks.
        "8 end 2",
        "8 configure s2 1: a3",
        "8 launch s0 1: a2[0]",
        // From 9 on slot 1 is free, but C has too few tokens: 0.125 for each 4 s of waiting (its work, with one item more), every 0.4 s.
        "10 launch s0 1: a2[1]",
        "10 launch s2 1: a3[0]",
        "12 launch s0 1: a2[2]",
        "12 launch s2 1: a3[1]",
        "14 launch s2 1: a3[2]",
        // Without A the most tokens are C's: 1 + 0.125 x (0.4 + 0.8 + ... + 12) / 4 = 6.8, so that 3 are needed.
        "16 end 1",
        "16 configure s0 3: c0",
        "17 launch s0 3: c0[0]",
        "19 end 3",
      ])
  }

  /// Three tasks in one bundle.
  ///
  /// For two items the serial one takes 2 x 4 s, the parallel one (2 + 2) x 1 s.
  private static let x = TimedChain(
    name: "x", seconds: [3, 3, 3], bundles: [TimedChain.Bundle(tasks: 0..<3, serialSeconds: 4, parallelSeconds: 1)])
  /// Two tasks in one bundle.
  ///
  /// For one item the serial one takes 2 s, the parallel one (1 + 1) x 2 s. In Little slots, with 1 s a configuration, it takes
  /// 8 s on one and 7 s on two: one is its optimum.
  private static let y = TimedChain(
    name: "y", seconds: [3, 3], bundles: [TimedChain.Bundle(tasks: 0..<2, serialSeconds: 2, parallelSeconds: 2)])

  @Test func `bundles come first, and who has not begun moves to a Big slot`() throws {
    var board = try PolicyTimeline(.versaslot, on: [.little, .little, .big], littleSeconds: 1, bigSeconds: 2)
    try board.submit(Self.x, items: 2, priority: 9, at: 0)
    for arrival in [1, 1, 2, 11] { try board.submit(Self.y, items: 1, priority: 9, at: arrival) }
    #expect(
      try board.run() == [
        // The Big slot is the first job's, in the variant that takes less.
        "0 configure s2 1: x0-x1-x2-parallel",
        // Jobs 2 and 3 came while the port was busy and no Big slot was left: Little, with one slot each. So is job 4, which finds none.
        "2 configure s0 2: y0",
        "2 launch s2 1: x0[0]",
        "3 configure s1 3: y0",
        "3 launch s0 2: y0[0]",
        "3 launch s2 1: x0[1] x1[0]",
        "4 launch s1 3: y0[0]",
        "4 launch s2 1: x1[1] x2[0]",
        "5 launch s2 1: x2[1]",
        // The Big slot is free: job 4, which has not begun, is bound to it, but jobs 2 and 3 come before it at the port.
        "6 end 1",
        "6 configure s0 2: y1",
        "7 configure s1 3: y1",
        "7 launch s0 2: y1[0]",
        "8 configure s2 4: y0-y1-serial",
        "8 launch s1 3: y1[0]",
        "10 end 2",
        "10 launch s2 4: y0+y1[0]",
        // Job 5 gets its optimum and, nobody else being there, the slot that is left, long before y1's item comes. It still holds job 3's y1:
        // nothing is brought in.
        "11 end 3",
        "11 configure s0 5: y0",
        "12 end 4",
        "12 launch s0 5: y0[0]",
        "15 launch s1 5: y1[0]",
        "18 end 5",
      ])
  }

  @Test func `a job whose Big slot fails goes on in Little ones`() throws {
    var board = try PolicyTimeline(
      .versaslot, on: [.little, .little, .big], littleSeconds: 1, bigSeconds: 2, broken: [2])
    try board.submit(Self.y, items: 1, priority: 9, at: 0)
    #expect(
      try board.run() == [
        "0 configure s2 1: y0-y1-serial",
        "2 configure s0 1: y0",
        "3 configure s1 1: y1",
        "3 launch s0 1: y0[0]",
        "6 launch s1 1: y1[0]",
        "9 end 1",
      ])
  }
}
