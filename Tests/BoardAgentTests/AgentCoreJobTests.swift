import BoardAgent
import Fabric
import Messages
import SlotAllocator
import Testing

/// A job from its assignment to its release.
@Suite struct AgentCoreJobTests {
  private func joined(little: Int = 2, big: Int = 0) throws -> AgentBench {
    var bench = try AgentBench(little: little, big: big)
    try bench.join()
    return bench
  }

  private func handBack(_ bench: inout AgentBench) throws -> HandBack {
    try #require(bench.drain().compactMap { if case .handBack(let handBack) = $0 { handBack } else { nil } }.last)
  }

  @Test func `a job is recorded, gets memory, inputs and slots, and every item is told in order`() throws {
    var bench = try joined()
    let first = try bench.hear(.assign(bench.assignment()))
    #expect(first.map(\.name) == ["persist", "allocate"])
    #expect(bench.records.last == .accepted(execution()))
    #expect(Set(try bench.finish("allocate").map(\.name)).isSuperset(of: ["load", "fetch"]))
    try bench.work()
    let told = bench.drain().compactMap { if case .itemFinished(let finished) = $0 { finished.item } else { nil } }
    #expect(told == [0, 1, 2])
    #expect(bench.asked.compactMap(\.launch).flatMap(\.items).sorted() == [0, 0, 1, 1, 2, 2])
    #expect(try bench.hear(.release(execution())).map(\.name) == ["free"])
  }

  @Test func `a launch is told as progress, unless a result follows that tells it`() throws {
    var bench = try joined()
    try bench.hear(.assign(bench.assignment(items: 1)))
    try bench.work()
    let told = bench.drain().compactMap { message -> String? in
      switch message {
      case .progress(let held): "\(held.progress.tasks.map(\.finished))"
      case .itemFinished(let finished): "item \(finished.item)"
      default: nil
      }
    }
    #expect(told == ["[1, 0]", "item 0"])
  }

  @Test func `inputs are loaded and results stored one at a time, in order`() throws {
    var bench = try joined()
    try bench.hear(.assign(bench.assignment(items: 5)))
    try bench.work(except: { ["load", "store"].contains($0.name) })
    for item in 0..<5 {
      guard case .load(_, let place, _) = try bench.take("load") else { return }
      #expect(place.item == item && !bench.pending.contains { $0.name == "load" })
      try bench.handle(.loaded(execution(), item: item, .success(5)))
      try bench.work(except: { ["load", "store"].contains($0.name) })
      #expect(bench.pending.filter { $0.name == "store" }.count == 1)
    }
    for item in 0..<5 {
      guard case .store(_, let place, _) = try bench.take("store") else { return }
      #expect(place.item == item)
      try bench.handle(.stored(execution(), item: item, .success(benchBlob("\(item)"))))
    }
  }

  @Test func `an assignment that comes again, or is for another incarnation, changes nothing`() throws {
    var bench = try joined()
    try bench.hear(.assign(bench.assignment()))
    #expect(try bench.hear(.assign(bench.assignment())).isEmpty)
    #expect(try bench.hear(.assign(bench.assignment(job: 2, incarnation: 2))).isEmpty)
  }

  @Test func `an epoch that was taken before is handed back, also after a restart`() throws {
    var bench = try joined()
    try bench.hear(.assign(bench.assignment(2)))
    try bench.hear(.release(execution(2)))
    for epoch in [1, 2] as [UInt64] {
      try bench.hear(.assign(bench.assignment(epoch)))
      #expect(try handBack(&bench).reason.code == "agent.executionLost")
    }
    var restarted = try AgentBench(recovered: bench.records)
    try restarted.join()
    try restarted.hear(.assign(restarted.assignment(2)))
    #expect(try handBack(&restarted).epoch == Epoch(rawValue: 2))
    #expect(try restarted.hear(.assign(restarted.assignment(3))).contains { $0.name == "allocate" })
  }

  @Test func `a release that overtakes the assignment prevents it`() throws {
    var bench = try joined()
    try bench.hear(.release(execution(3)))
    try bench.hear(.assign(bench.assignment(3)))
    #expect(try handBack(&bench).reason.code == "agent.executionLost")
    #expect(try bench.hear(.prepare(bench.assignment(3))).isEmpty)
  }

  @Test func `without images, and beyond its limit of jobs, it hands back`() throws {
    var bench = try joined()
    try bench.hear(.assign(bench.assignment(images: [])))
    #expect(try handBack(&bench).reason.code == "agent.noImage")
    for job in 2..<UInt64(2 + Limits.jobsPerBoard) { try bench.hear(.assign(bench.assignment(job: job))) }
    #expect(bench.drain().isEmpty)
    try bench.hear(.assign(bench.assignment(job: 99)))
    #expect(try handBack(&bench).reason.code == "agent.tooManyJobs")
  }

  @Test(arguments: ["allocate", "load", "store"])
  func `a long action that fails gives the job up and frees it`(name: String) throws {
    var bench = try joined()
    try bench.hear(.assign(bench.assignment(items: 1)))
    try bench.work(except: { $0.name == name })
    _ = try bench.take(name)
    let event: AgentEvent =
      switch name {
      case "allocate": .allocated(execution(), .failure(refusal))
      case "load": .loaded(execution(), item: 0, .failure(refusal))
      default: .stored(execution(), item: 0, .failure(refusal))
      }
    #expect(try bench.handle(event).contains(.free(execution())))
    let handBack = try handBack(&bench)
    #expect(handBack.reason == refusal && handBack.cause == .board)
    #expect(try bench.heartbeat().jobs.isEmpty)
  }

  @Test func `memory is freed only when the aborted launches have ended`() throws {
    var bench = try joined()
    try bench.hear(.assign(bench.assignment()))
    try bench.work(except: { $0.name == "launch" })
    guard case .launch(let slot, _) = try bench.take("launch") else { return }
    let left = try bench.hear(.release(execution()))
    #expect(left.contains(.abort(slot)) && !left.contains(.free(execution())))
    #expect(try bench.handle(.launched(slot, .failed(.aborted(slot)))).contains(.free(execution())))
    #expect(!bench.drain().contains { $0.name == "handBack" })
  }

  @Test func `results are told again with each heartbeat until they are committed`() throws {
    var bench = try joined()
    try bench.hear(.assign(bench.assignment(items: 2)))
    try bench.work()
    #expect(try bench.heartbeat().jobs.first?.committed == 0)
    for (through, repeated) in [(0, [0, 1]), (1, [1]), (0, [1]), (2, [])] {
      try bench.hear(.committed(Committed(job: JobID(rawValue: 1), epoch: Epoch(rawValue: 1), through: through)))
      _ = bench.drain()
      try bench.pass(.milliseconds(500))
      #expect(bench.drain().compactMap { if case .itemFinished(let told) = $0 { told.item } else { nil } } == repeated)
    }
  }

  @Test func `a result whose bytes the broker lost is brought out again, with those after it`() throws {
    var bench = try joined()
    try bench.hear(.assign(bench.assignment(items: 3)))
    try bench.work()
    _ = bench.drain()
    let missing = ItemFinished(
      job: JobID(rawValue: 1), epoch: Epoch(rawValue: 1), item: 1, result: benchBlob("result 1", byteCount: 7))
    try bench.hear(.blobMissing(missing))
    try bench.work()
    #expect(bench.drain().compactMap { if case .itemFinished(let told) = $0 { told.item } else { nil } } == [1, 2])
  }

  @Test func `a checkpoint is restored, and nothing is computed again for any task`() throws {
    let edge = try #require(EdgeName("inner"))
    let saved = [SavedItem(edge: edge, item: 1, blob: benchBlob("inner 1"))]
    for big in [0, 1] {
      var bench = try joined(big: big)
      try bench.hear(.assign(bench.assignment(items: 4, finished: (2, 1), saved: saved, committed: 1)))
      try bench.finish("allocate")
      try bench.work(except: { $0.name == "restore" })
      #expect(!bench.asked.contains { $0.launch != nil }, "it launches before the restored items are there")
      try bench.work()
      let launches = bench.asked.compactMap(\.launch)
      let items = { (image: Int) in launches.filter { $0.image == bench.images[image].id }.flatMap(\.items) }
      #expect(items(0) == [2, 3] && items(1) == [1, 2, 3] && launches.count == 5)
    }
  }

  @Test func `tasks that have finished equally many items go on as a bundle`() throws {
    var bench = try joined(big: 1)
    let serial = [bench.images[2]]
    try bench.hear(.assign(bench.assignment(items: 4, finished: (2, 2), committed: 2, images: serial)))
    try bench.work()
    #expect(bench.asked.compactMap(\.launch).map(\.items) == [[2], [3]])
    try bench.hear(.assign(bench.assignment(job: 2, items: 4, finished: (2, 1), images: serial)))
    #expect(try handBack(&bench).reason.code == "agent.noImage")
  }

  @Test func `a parallel bundle works its tasks on items of their own, from where each of them is`() throws {
    var bench = try joined(big: 1)
    let saved = [SavedItem(edge: try #require(EdgeName("inner")), item: 1, blob: benchBlob("inner 1"))]
    try bench.hear(
      .assign(bench.assignment(items: 4, finished: (2, 1), saved: saved, committed: 1, images: [bench.images[3]])))
    try bench.work(except: { ["load", "launch"].contains($0.name) })
    #expect(bench.pending.compactMap(\.launch).map { $0.arguments.map(\.name.text) } == [["1.in", "1.out"]])
    try bench.work(except: { $0.name == "launch" })
    while bench.pending.contains(where: { $0.name == "launch" }) { try bench.finish("launch") }
    try bench.work()
    let works = bench.asked.compactMap(\.launch).map { $0.works.map { "\($0.part):\($0.item)" } }
    #expect(works == [["1:1"], ["0:2"], ["0:3", "1:2"], ["1:3"]])
    let told = bench.drain().compactMap { if case .itemFinished(let finished) = $0 { finished.item } else { nil } }
    #expect(told == [1, 2, 3])
  }

  @Test func `several slots work on one task, and its results are brought out in order`() throws {
    var bench = try AgentBench(little: 4, policy: InOrder(slotsPerTask: 2))
    try bench.join()
    try bench.hear(.assign(bench.assignment(items: 6)))
    // The newest launch ends first.
    while true {
      try bench.work(except: { $0.name == "launch" })
      guard let last = bench.pending.last(where: { $0.name == "launch" }) else { break }
      try bench.finish(last)
    }
    let launches = bench.asked.compactMap(\.launch)
    #expect(launches.count == 12 && launches.prefix(2).map(\.items) == [[0], [1]])
    let stored = bench.asked.compactMap { if case .store(_, let place, _) = $0 { place.item } else { nil } }
    #expect(stored == Array(0..<6))
    let told = bench.drain().compactMap { if case .itemFinished(let finished) = $0 { finished.item } else { nil } }
    #expect(told == Array(0..<6))
  }

  @Test func `a job with several launches in flight that fails is freed when the last has ended`() throws {
    var bench = try AgentBench(little: 4, policy: InOrder(slotsPerTask: 2))
    try bench.join()
    try bench.hear(.assign(bench.assignment(items: 6)))
    try bench.work(except: { $0.name == "launch" })
    guard case .launch(let first, _) = try bench.take("launch"), case .launch(let second, _) = try bench.take("launch")
    else { return }
    let failed = try bench.handle(.launched(second, .failed(.kernelFault(second, "bad item"))))
    #expect(failed.contains(.abort(first)) && !failed.contains(.free(execution())))
    #expect(try handBack(&bench).cause == .job)
    #expect(try bench.handle(.launched(first, .finished([]))).contains(.free(execution())))
    #expect(bench.drain().isEmpty)
  }
}
