import Fabric
import SoftFPGA
import Testing

@Suite struct SoftBoardModelTests {
  private let start = BoardInstant.milliseconds(10)
  private let slot = TinyBoard.little

  @Test func `a slot goes from blank to running and back`() throws {
    var model = SoftBoardModel(of: try TinyBoard.descriptor(portBytesPerSecond: 1_000_000))
    #expect(try model.state(of: slot) == .decoupled)
    let written = try model.beginConfiguration(of: slot, byteCount: 3000, at: start)
    #expect(written == .milliseconds(13))
    #expect(try model.state(of: slot) == .writing(until: written))
    model.endConfiguration(of: slot, isTaken: true, workDoneAt: start)
    #expect(try model.state(of: slot) == .idle)
    let launch = try model.beginLaunch(in: slot, microseconds: 7000, at: written)
    #expect(launch.end == .milliseconds(20))
    #expect(try model.state(of: slot) == .running(launch))
    let ended = model.endLaunch(launch, workDoneAt: launch.end)
    #expect(ended)
    #expect(model.health == BoardHealth(configurationCount: 1))
  }

  @Test func `transfer times round up and stay finite`() throws {
    for (byteCount, rate, nanoseconds) in [
      (1, 3, 333_333_334), (0, 3, 0), (-7, 3, 0), (3, 1_000_000_000, 3), (1, 1_000_000_000_000, 1),
    ] {
      var model = SoftBoardModel(of: try TinyBoard.descriptor(portBytesPerSecond: rate))
      let end = try model.beginConfiguration(of: slot, byteCount: byteCount, at: BoardInstant(nanoseconds: 0))
      #expect(end.nanoseconds == Int64(nanoseconds))
    }
    var model = SoftBoardModel(of: try TinyBoard.descriptor(portBytesPerSecond: 1))
    #expect(try model.beginConfiguration(of: slot, byteCount: .max, at: start) > start)
  }

  @Test func `an aborted launch cannot end a later one`() throws {
    var model = SoftBoardModel(of: try TinyBoard.descriptor())
    _ = try model.beginConfiguration(of: slot, byteCount: 1, at: start)
    model.endConfiguration(of: slot, isTaken: true, workDoneAt: start)
    let first = try model.beginLaunch(in: slot, microseconds: 5, at: start)
    #expect(model.abort(slot) == first)
    #expect(model.abort(slot) == nil)
    let second = try model.beginLaunch(in: slot, microseconds: 5, at: start)
    let late = model.endLaunch(first, workDoneAt: .milliseconds(99))
    #expect(!late)
    #expect(try model.state(of: slot) == .running(second))
    #expect(model.health.overrunCount == 0)
  }

  @Test func `what ends exactly in time is no overrun`() throws {
    var model = SoftBoardModel(of: try TinyBoard.descriptor())
    let written = try model.beginConfiguration(of: slot, byteCount: 1000, at: start)
    model.endConfiguration(of: slot, isTaken: true, workDoneAt: written)
    #expect(model.health.overrunCount == 0)
    let launch = try model.beginLaunch(in: slot, microseconds: 5, at: written)
    _ = model.endLaunch(launch, workDoneAt: launch.end + .nanoseconds(1))
    #expect(model.health.overrunCount == 1)
  }
}
