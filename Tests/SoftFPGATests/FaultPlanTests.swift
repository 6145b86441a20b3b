import Bitstream
import Fabric
import SoftFPGA
import TestBench
import Testing

@Suite(.timeLimit(.minutes(1))) struct FaultPlanTests {
  private let slot = TinyBoard.little

  @Test(arguments: [
    (FaultPlan.Kind.crc, "board.crcError"), (.id, "board.idError"), (.timeout, "board.portTimedOut"),
    (.recouple, "board.recoupleFault"),
  ]) func `a fault has its name, leaves the slot decoupled and its neighbour running`(
    kind: FaultPlan.Kind, code: String
  ) async throws {
    let descriptor = try TinyBoard.descriptor(portBytesPerSecond: 1000)
    let time = JumpingTime()
    let plan = FaultPlan([FaultPlan.Fault(kind, slot: slot, first: 2, times: 1)])
    let board = SoftBoard(descriptor, faults: plan, time: time)
    let partial = try verifiedPartial(.kernel(Stage.kernel(0)), for: slot, of: descriptor)
    let neighbour = TinyBoard.otherLittle
    try await board.configure(
      neighbour, with: verifiedPartial(.kernel(Stage.kernel(0)), for: neighbour, of: descriptor))
    try await board.configure(slot, with: partial)
    let begin = time.now.board
    await #expect {
      try await board.configure(slot, with: partial)
    } throws: {
      ($0 as? BoardError)?.code == code
    }
    let factor = kind == .timeout ? SoftBoardModel.portTimeoutFactor : 1
    #expect(time.now.board == begin + .milliseconds(partial.bytes.count * factor))
    await #expect(throws: BoardError.slotDecoupled(slot)) { try await board.launch(slot, []) }
    let item: [UInt8] = Array("TILE".utf8) + [1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9]
    #expect(try await board.process(item, in: neighbour).count == 16 + 128)
    #expect(await board.health() == BoardHealth(configurationCount: 2, portErrorCount: 1))
    // The next try is one too many for the fault.
    try await board.configure(slot, with: partial)
    #expect(board.status == .operating)
    #expect(try await board.process(item, in: slot).count == 16 + 128)
  }

  @Test func `the status register says what the device saw`() async throws {
    let descriptor = try TinyBoard.descriptor()
    for (kind, bit) in [(FaultPlan.Kind.crc, ConfigurationStatus.crcError), (.id, .idError), (.timeout, [])] {
      let board = SoftBoard(
        descriptor, faults: FaultPlan([FaultPlan.Fault(kind, slot: slot)]), time: JumpingTime())
      let partial = try verifiedPartial(.kernel(Stage.kernel(0)), for: slot, of: descriptor)
      let error = await #expect(throws: BoardError.self) { try await board.configure(slot, with: partial) }
      #expect(board.status.subtracting(.operating) == bit)
      #expect(error?.message.contains("\(board.status)") == true)
      // What the model says without a device is what the device said.
      var model = SoftBoardModel(of: descriptor, faults: FaultPlan([FaultPlan.Fault(kind, slot: slot)]))
      let writing = try model.beginConfiguration(
        of: slot, byteCount: partial.bytes.count, at: BoardInstant(nanoseconds: 0))
      #expect(writing.modelledError == error)
    }
  }

  @Test func `a listed fault hits the configurations that it lists`() {
    let other = TinyBoard.otherLittle
    let plan = FaultPlan([
      FaultPlan.Fault(.crc, slot: slot, first: 3, times: 2), FaultPlan.Fault(.id, slot: slot, first: 4),
    ])
    #expect((1...6).map { plan.fault(in: slot, configuration: $0) } == [nil, nil, .crc, .crc, .id, .id])
    #expect((1...6).allSatisfy { plan.fault(in: other, configuration: $0) == nil })
    let forEver = FaultPlan([FaultPlan.Fault(.crc, slot: slot, first: .max, times: .max)])
    #expect(forEver.fault(in: slot, configuration: .max) == .crc)
    #expect(forEver.fault(in: slot, configuration: 1) == nil)
  }

  @Test func `random faults come at their rate, of every kind, and again with the same seed`() {
    let plan = FaultPlan(seed: 7, probability: 0.25)
    let draws = (1...4000).map { plan.fault(in: SlotID(rawValue: $0 % 10), configuration: $0) }
    #expect(900...1100 ~= draws.count { $0 != nil })
    for kind in FaultPlan.Kind.allCases { #expect(200...300 ~= draws.count { $0 == kind }) }
    #expect(draws == (1...4000).map { plan.fault(in: SlotID(rawValue: $0 % 10), configuration: $0) })
    let other = FaultPlan(seed: 8, probability: 0.25)
    #expect(draws != (1...4000).map { other.fault(in: SlotID(rawValue: $0 % 10), configuration: $0) })
    #expect((1...100).allSatisfy { FaultPlan(probability: 1).fault(in: slot, configuration: $0) != nil })
    #expect((1...100).allSatisfy { FaultPlan(seed: 7).fault(in: slot, configuration: $0) == nil })
  }

  @Test func `faults are read from text`() throws {
    let two = SlotID(rawValue: 2)
    #expect(try FaultPlan.Fault(parsing: "crc:slot=2") == FaultPlan.Fault(.crc, slot: two))
    #expect(
      try FaultPlan.Fault(parsing: "timeout:times=4:slot=2:from=3")
        == FaultPlan.Fault(.timeout, slot: two, first: 3, times: 4))
  }

  @Test(arguments: [
    "", "crc", ":", "crc:", "parity:slot=1", "crc:slot", "crc:slot=", "crc:slot=-1", "crc:slot=+1", "crc:slot=1:slot=1",
    "crc:slot=1:times=0", "crc:slot=1:from=0", "crc:slot=1:after=2", "crc:slot=1000000", "crc:slot=٢", "crc:slot=1 ",
    "CRC:slot=1", "crc:slot=1:", "crc=slot:1",
  ]) func `any other text is refused`(text: String) {
    let error = #expect(throws: SoftFPGAError.self) { try FaultPlan.Fault(parsing: text) }
    #expect(error?.code == "softfpga.badFault")
  }

  @Test func `a plan must fit the board and its limits`() throws {
    let descriptor = try TinyBoard.descriptor()
    try FaultPlan([FaultPlan.Fault(.crc, slot: TinyBoard.big)], seed: 1, probability: 1).check(against: descriptor)
    let absent = SlotID(rawValue: 3)
    #expect(throws: SoftFPGAError.unknownSlot(absent, slotCount: 3)) {
      try FaultPlan([FaultPlan.Fault(.crc, slot: absent)]).check(against: descriptor)
    }
    let many = Array(repeating: FaultPlan.Fault(.crc, slot: slot), count: FaultPlan.maximumFaultCount + 1)
    for plan in [
      FaultPlan(many), FaultPlan(probability: 1.1), FaultPlan(probability: -0.1), FaultPlan(probability: .nan),
    ] {
      let error = #expect(throws: SoftFPGAError.self) { try plan.check(against: descriptor) }
      #expect(error?.code == "softfpga.badFaultPlan")
    }
  }
}
