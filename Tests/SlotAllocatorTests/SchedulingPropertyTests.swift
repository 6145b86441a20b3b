import Testing

@Suite struct SchedulingPropertyTests {
  /// 304 workloads; a failure names its seed, which runs it again.
  @Test func `every item runs once and in order on any board and every job ends`() throws {
    for seed in UInt64(1)...320 {
      var board = try ModelBoard(seed: seed)
      let fault = try board.run()
      #expect(fault == nil, "seed \(seed)")
    }
  }
}
