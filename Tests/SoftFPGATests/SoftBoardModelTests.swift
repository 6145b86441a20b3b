import Bitstream
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
    #expect(written.end == .milliseconds(13))
    #expect(try model.state(of: slot) == .writing(written))
    model.endWriting(of: slot, isTaken: true, workDoneAt: start)
    #expect(try model.state(of: slot) == .idle)
    let launch = try model.beginLaunch(in: slot, microseconds: 7000, at: written.end)
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
      let writing = try model.beginConfiguration(of: slot, byteCount: byteCount, at: BoardInstant(nanoseconds: 0))
      #expect(writing.end.nanoseconds == Int64(nanoseconds))
    }
    var model = SoftBoardModel(of: try TinyBoard.descriptor(portBytesPerSecond: 1))
    #expect(try model.beginConfiguration(of: slot, byteCount: .max, at: start).end > start)
  }

  @Test func `an aborted launch cannot end a later one`() throws {
    var model = SoftBoardModel(of: try TinyBoard.descriptor())
    _ = try model.beginConfiguration(of: slot, byteCount: 1, at: start)
    model.endWriting(of: slot, isTaken: true, workDoneAt: start)
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
    model.endWriting(of: slot, isTaken: true, workDoneAt: written.end)
    #expect(model.health.overrunCount == 0)
    let launch = try model.beginLaunch(in: slot, microseconds: 5, at: written.end)
    _ = model.endLaunch(launch, workDoneAt: launch.end + .nanoseconds(1))
    #expect(model.health.overrunCount == 1)
  }

  @Test func `virtual time steps the same faults as a device shows`() throws {
    let plan = FaultPlan([FaultPlan.Fault(.timeout, slot: slot, times: 1), FaultPlan.Fault(.crc, slot: slot, times: 2)])
    var model = SoftBoardModel(of: try TinyBoard.descriptor(portBytesPerSecond: 1000), faults: plan)
    let first = try model.beginConfiguration(of: slot, byteCount: 5, at: start)
    #expect(first.end == .milliseconds(30))
    #expect(first.modelledError == .portTimedOut(slot, after: .milliseconds(20), .operating))
    model.endWriting(of: slot, isTaken: false, workDoneAt: start)
    #expect(try model.state(of: slot) == .decoupled)
    let second = try model.beginConfiguration(of: slot, byteCount: 5, at: start)
    #expect(second.modelledError?.code == "board.crcError")
    model.endWriting(of: slot, isTaken: false, workDoneAt: start)
    let third = try model.beginConfiguration(of: slot, byteCount: 5, at: start)
    #expect(third.modelledError == nil)
    #expect(model.health.portErrorCount == 2)
  }

  @Test func `a blanked slot stays decoupled, and neither counts nor fails`() throws {
    let plan = FaultPlan([FaultPlan.Fault(.crc, slot: slot)])
    var model = SoftBoardModel(of: try TinyBoard.descriptor(portBytesPerSecond: 1000), faults: plan)
    let blanking = try model.beginBlanking(of: slot, byteCount: 5, at: start)
    #expect(blanking.modelledError == nil)
    #expect(throws: BoardError.portBusy(TinyBoard.big, writing: slot)) {
      try model.beginConfiguration(of: TinyBoard.big, byteCount: 1, at: start)
    }
    model.endWriting(of: slot, isTaken: true, workDoneAt: start)
    #expect(try model.state(of: slot) == .decoupled)
    #expect(model.health == BoardHealth())
  }
}
