import Fabric
import SlotAllocator
import TestBench
import Testing

/// Several items of one task under way.
@Suite struct JobFlowOrderTests {
  @Test func `items that end out of order are handed on in order`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try chain.parts()
    var flow = try chain.decoded().flow(items: 5)
    for _ in 0..<5 { flow.itemLoaded(byteCount: 1) }
    #expect(flow.readyItems(of: parts[0]) == 5)
    for _ in 0..<4 { flow.begin(parts[0]) }
    #expect(flow.nextItem(of: parts[0]) == 4 && flow.unbegun(0) == 1)
    flow.end(parts[0], item: 1, byteCount: 11)
    flow.end(parts[0], item: 3, byteCount: 13)
    #expect(flow.prefixes == [0, 0])
    #expect(flow.next(of: parts) == ["4!", "0"])
    flow.end(parts[0], item: 0, byteCount: 10)
    #expect(flow.prefixes == [2, 0], "3 still waits for 2")
    #expect(flow.readyItems(of: parts[1]) == 2)
    flow.end(parts[0], item: 2, byteCount: 12)
    #expect(flow.prefixes == [4, 0])
    let edge = try flow.application.edge("from-A")
    #expect((0..<4).map { flow.byteCount(of: $0, on: edge) } == [10, 11, 12, 13])
  }

  @Test func `a buffer is free only when its reader has finished all items before it, too`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try chain.parts()
    let application = try chain.decoded()
    var flow = application.flow(items: 80, application.progress(32, 0))
    for _ in 0..<40 where flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
    flow.begin(parts[1])
    flow.begin(parts[1])
    flow.end(parts[1], item: 1)
    #expect(flow.readyItems(of: parts[0]) == 0)
    flow.end(parts[1], item: 0)
    #expect(flow.readyItems(of: parts[0]) == 2)
  }

  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 63, 0], [63, 62, 61]])
  func `no more items of a task are under way than its window, whatever the rings hold`(first: [Int]) throws {
    let chain = TestApplication.chain("A")
    let part = try chain.parts()[0]
    var flow = JobFlow(
      application: try chain.decoded(), itemCount: 200,
      checkpoint: Checkpoint(progress: Progress(tasks: []), items: []),
      committed: 0, capacity: 200)
    for _ in 0..<200 { flow.itemLoaded(byteCount: 1) }
    var begun = 0
    while flow.readyItems(of: part) > 0 {
      flow.begin(part)
      begun += 1
    }
    #expect(begun == 64)
    let rest = (0..<64).filter { !first.contains($0) }
    for item in first + rest { flow.end(part, item: item) }
    #expect(flow.prefixes == [64] && flow.readyItems(of: part) == 64)
  }

  @Test func `once everything begun has ended, a checkpoint is a prefix of every task`() throws {
    var random = SeededRandom(seed: 7)
    let chain = TestApplication.chain("A", "B", "C")
    let parts = try chain.parts()
    for _ in 0..<200 {
      var flow = try chain.decoded().flow(items: 20)
      var underWay: [(part: Int, item: Int)] = []
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        if flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
        let part = Int.random(in: 0..<3, using: &random)
        if random.chance(60), flow.readyItems(of: parts[part]) > 0, let item = flow.nextItem(of: parts[part]) {
          flow.begin(parts[part])
          underWay.append((part, item))
        } else if let index = underWay.indices.randomElement(using: &random) {
          let ended = underWay.remove(at: index)
          flow.end(parts[ended.part], item: ended.item)
        }
      }
      for ended in underWay.shuffled(using: &random) { flow.end(parts[ended.part], item: ended.item) }
      #expect(flow.prefixes == (0..<3).map { 20 - flow.unbegun($0) })
      let resumed = flow.application.flow(items: 20, flow.progress)
      #expect(resumed.neededItems.map(\.item) == flow.neededItems.map(\.item))
    }
  }
}
