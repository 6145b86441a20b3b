import ClusterSimulator
import Fabric
import Testing

@Suite struct ClusterEventQueueTests {
  /// Times are drawn from few values, so that ties are frequent.
  @Test(arguments: 0..<20)
  func `events come in the order of their instants, and of adding for one instant`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var queue = EventQueue()
    var waiting: [(at: Int, number: Int)] = []
    for number in 0..<2_000 {
      let at = random.draw(0...30)
      queue.add(.healthRead(Int32(number)), at: WallInstant(nanoseconds: Int64(at)))
      waiting.append((at, number))
      guard random.draw(0...2) == 0 else { continue }
      try expectFirst(of: &waiting, from: &queue)
    }
    while !waiting.isEmpty { try expectFirst(of: &waiting, from: &queue) }
    let last = queue.popFirst()
    #expect(last == nil)
  }

  private func expectFirst(of waiting: inout [(at: Int, number: Int)], from queue: inout EventQueue) throws {
    let index = try #require(waiting.indices.min { waiting[$0] < waiting[$1] })
    let expected = waiting.remove(at: index)
    let popped = queue.popFirst()
    let entry = try #require(popped)
    try #require(entry.at.nanoseconds == Int64(expected.at))
    try #require(entry.event == .healthRead(Int32(expected.number)))
  }
}
