import Bitstream
import Fabric
import SoftFPGA
import TestBench
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConfigureTests {
  @Test func `configuring takes the image's bytes at the port's rate`() async throws {
    let time = JumpingTime()
    let descriptor = try TinyBoard.descriptor(portBytesPerSecond: 1000)
    let board = SoftBoard(descriptor, time: time)
    let partial = try verifiedPartial(.kernel(Stage.kernel(0)), for: TinyBoard.little, of: descriptor)
    try await board.configure(TinyBoard.little, with: partial)
    #expect(time.now.board == .milliseconds(Int64(partial.bytes.count)))
    #expect(await board.health() == BoardHealth(configurationCount: 1))
  }

  @Test func `the port takes one image at a time`() async throws {
    let time = ManualTime()
    let descriptor = try TinyBoard.descriptor()
    let board = SoftBoard(descriptor, time: time)
    let partial = try verifiedPartial(.kernel(Stage.kernel(0)), for: TinyBoard.little, of: descriptor)
    let other = try verifiedPartial(.kernel(Stage.kernel(0)), for: TinyBoard.otherLittle, of: descriptor)
    async let first: Void = board.configure(TinyBoard.little, with: partial)
    await time.waitForSleepers(1)
    await #expect(throws: BoardError.portBusy(TinyBoard.otherLittle, writing: TinyBoard.little)) {
      try await board.configure(TinyBoard.otherLittle, with: other)
    }
    await #expect(throws: BoardError.portBusy(TinyBoard.little, writing: TinyBoard.little)) {
      try await board.configure(TinyBoard.little, with: partial)
    }
    await #expect(throws: BoardError.portBusy(TinyBoard.big, writing: TinyBoard.little)) {
      try await board.blank(TinyBoard.big)
    }
    time.advance(to: .milliseconds(1_000_000))
    try await first
    async let second: Void = board.configure(TinyBoard.otherLittle, with: other)
    await time.waitForSleepers(1)
    time.advance(to: .milliseconds(2_000_000))
    try await second
    #expect(await board.health().configurationCount == 2)
  }

  @Test func `a slot cannot be launched before, while and after it was cut off`() async throws {
    let time = ManualTime()
    let descriptor = try TinyBoard.descriptor()
    let board = SoftBoard(descriptor, time: time)
    let slot = TinyBoard.little
    let refusal = BoardError.slotDecoupled(slot)
    await #expect(throws: refusal) { try await board.launch(slot, []) }
    let partial = try verifiedPartial(.kernel(Stage.kernel(0)), for: slot, of: descriptor)
    async let writing: Void = board.configure(slot, with: partial)
    await time.waitForSleepers(1)
    await #expect(throws: refusal) { try await board.launch(slot, []) }
    time.advance(to: .milliseconds(1_000_000))
    try await writing
    // Coupled: what is missing now are the arguments.
    await #expect {
      try await board.launch(slot, [])
    } throws: {
      ($0 as? BoardError)?.code == "board.kernelFault"
    }
    async let blanking: Void = board.blank(slot)
    await time.waitForSleepers(1)
    time.advance(to: .milliseconds(2_000_000))
    try await blanking
    await #expect(throws: refusal) { try await board.launch(slot, []) }
  }

  @Test func `blanking writes zeros through the port, in its time`() async throws {
    let time = JumpingTime()
    let descriptor = try TinyBoard.descriptor(portBytesPerSecond: 1000)
    let board = SoftBoard(descriptor, time: time)
    for slot in [TinyBoard.otherLittle, TinyBoard.big] {
      try await board.configure(slot, with: verifiedPartial(.kernel(Stage.kernel(0)), for: slot, of: descriptor))
    }
    let (before, others) = (time.now.board, board.readback(0..<4) + board.readback(8..<16))
    try await board.blank(TinyBoard.otherLittle)
    #expect(board.readback(4..<8).allSatisfy { $0 == 0 })
    #expect(board.readback(0..<4) + board.readback(8..<16) == others)
    // At 1000 bytes a second no image with a whole frame in it is through within 93 ms.
    #expect(time.now.board > before + .milliseconds(93))
    #expect(await board.health() == BoardHealth(configurationCount: 2))
  }

  @Test func `a partial for other frames is refused, and the slot stays decoupled`() async throws {
    let descriptor = try TinyBoard.descriptor()
    let board = SoftBoard(descriptor, time: JumpingTime())
    let (slot, kernel) = (TinyBoard.little, try Stage.kernel(0))
    try await board.configure(slot, with: verifiedPartial(.kernel(kernel), for: slot, of: descriptor))
    let foreign = try verifiedPartial(.kernel(kernel), for: TinyBoard.otherLittle, of: descriptor)
    await #expect(throws: BoardError.partialDoesNotFit(slot, expected: [0..<4], found: [4..<8])) {
      try await board.configure(slot, with: foreign)
    }
    await #expect(throws: BoardError.slotDecoupled(slot)) { try await board.launch(slot, []) }
    // The port is free again.
    try await board.configure(slot, with: verifiedPartial(.kernel(kernel), for: slot, of: descriptor))
  }

  @Test func `an image that the port refuses leaves the slot decoupled`() async throws {
    let descriptor = try TinyBoard.descriptor()
    let board = SoftBoard(descriptor, time: JumpingTime())
    let (slot, kernel) = (TinyBoard.little, try Stage.kernel(0))
    try await board.configure(slot, with: verifiedPartial(.kernel(kernel), for: slot, of: descriptor))
    let other = try TinyBoard.descriptor(device: 0x1472_8093)
    let foreign = try verifiedPartial(.kernel(kernel), for: slot, of: other)
    let status = ConfigurationStatus.operating.union(.idError)
    await #expect(throws: BoardError.idError(slot, status)) { try await board.configure(slot, with: foreign) }
    #expect(board.status == status)
    await #expect(throws: BoardError.slotDecoupled(slot)) { try await board.launch(slot, []) }
    #expect(await board.health() == BoardHealth(configurationCount: 1, portErrorCount: 1))
    try await board.configure(slot, with: verifiedPartial(.kernel(kernel), for: slot, of: descriptor))
    #expect(board.status == .operating)
  }

  @Test func `a stream that ends well and leaves the device stopped is a failed configuration`() throws {
    let descriptor = try TinyBoard.descriptor()
    var model = SoftBoardModel(of: descriptor)
    let writing = try model.beginConfiguration(of: TinyBoard.little, byteCount: 1, at: .milliseconds(0))
    for stop in [ConfigurationCommand.shutdown, .aghigh] {
      let port = ConfigurationPort(part: descriptor.part)
      #expect(writing.error(of: nil, port.status) == nil)
      var stream = RawStream(device: descriptor.part.device)
      stream.command(stop)
      #expect(port.write(WordOrder.bigEndian.bytes(of: stream.finished)) == nil)
      #expect(port.status != .operating)
      #expect(writing.error(of: nil, port.status) == .deviceStopped(TinyBoard.little, port.status))
    }
  }

  @Test func `slots that do not exist are named`() async throws {
    let descriptor = try TinyBoard.descriptor()
    let board = SoftBoard(descriptor, time: JumpingTime())
    let partial = try verifiedPartial(.kernel(Stage.kernel(0)), for: TinyBoard.little, of: descriptor)
    for number in [-1, 3, .max] {
      let slot = SlotID(rawValue: number)
      let refusal = BoardError.unknownSlot(slot, slotCount: 3)
      await #expect(throws: refusal) { try await board.configure(slot, with: partial) }
      await #expect(throws: refusal) { try await board.blank(slot) }
      await #expect(throws: refusal) { try await board.launch(slot, []) }
      board.abort(slot)
    }
  }

  @Test func `a port whose work ends late counts an overrun`() async throws {
    let descriptor = try TinyBoard.descriptor(portBytesPerSecond: 1_000_000_000)
    let board = SoftBoard(descriptor, time: JumpingTime(delayPerReading: .seconds(1)))
    let partial = try verifiedPartial(.kernel(Stage.kernel(0)), for: TinyBoard.little, of: descriptor)
    try await board.configure(TinyBoard.little, with: partial)
    #expect(await board.health() == BoardHealth(configurationCount: 1, overrunCount: 1))
  }

  @Test func `cancelling the caller does not stop the port`() async throws {
    let time = ManualTime()
    let descriptor = try TinyBoard.descriptor()
    let board = SoftBoard(descriptor, time: time)
    let partial = try verifiedPartial(.kernel(Stage.kernel(0)), for: TinyBoard.little, of: descriptor)
    let caller = Task { try await board.configure(TinyBoard.little, with: partial) }
    await time.waitForSleepers(1)
    caller.cancel()
    #expect(await board.health().configurationCount == 0)
    time.advance(to: .milliseconds(1_000_000))
    try await caller.value
    #expect(await board.health().configurationCount == 1)
  }
}
