import Bitstream
import Fabric
import PlainReference
import SoftFPGA
import TestBench
import Testing

@Suite(.timeLimit(.minutes(1))) struct LaunchTests {
  private let descriptor: BoardDescriptor
  private let tile = picture(width: 20, height: 12, channels: 3, seed: 5)

  init() throws { descriptor = try TinyBoard.descriptor() }

  /// A board whose slot holds a function; the clock jumps.
  private func board(
    _ function: ImageFunction, in slot: SlotID, microseconds: Int = 1000, time: any TimeSource = JumpingTime()
  ) async throws -> SoftBoard {
    let board = SoftBoard(descriptor, time: time)
    try await board.configure(
      slot, with: verifiedPartial(function, for: slot, of: descriptor, microseconds: microseconds))
    return board
  }

  @Test func `six kernels in turn give the plain reference's picture`() async throws {
    let board = SoftBoard(descriptor, time: JumpingTime())
    var tile = tile
    var item = PlainReference.item(tile, stage: 0)
    for (stage, reference) in PlainReference.stages.enumerated() {
      let slot = SlotID(rawValue: stage % 2)
      try await board.configure(
        slot, with: verifiedPartial(.kernel(Stage.kernel(stage)), for: slot, of: descriptor))
      item = try await board.process(item, in: slot)
      tile = reference(tile)
      #expect(item == PlainReference.item(tile, stage: stage + 1))
    }
  }

  @Test(arguments: [0...2, 3...5, 0...1, 2...4]) func `a serial bundle gives what its stages give`(
    stages: ClosedRange<Int>
  ) async throws {
    let board = try await board(Stage.bundle(.serial, stages), in: TinyBoard.big)
    let input = PlainReference.stages[..<stages.lowerBound].reduce(tile) { $1($0) }
    let expected = PlainReference.stages[stages].reduce(input) { $1($0) }
    let output = try await board.process(PlainReference.item(input, stage: stages.lowerBound), in: TinyBoard.big)
    #expect(output == PlainReference.item(expected, stage: stages.upperBound + 1))
  }

  @Test func `a launch takes the time that the frame says`() async throws {
    let time = JumpingTime()
    let board = try await board(.kernel(Stage.kernel(0)), in: TinyBoard.little, microseconds: 943_388, time: time)
    let start = time.now.board
    _ = try await board.process(PlainReference.item(tile, stage: 0), in: TinyBoard.little)
    #expect(time.now.board - start == .microseconds(943_388))
    #expect(await board.health().overrunCount == 0)
  }

  @Test func `an image with another kernel's first frame runs that kernel`() async throws {
    let slot = TinyBoard.little
    let quantize = SoftImage(
      name: "quantize", function: .kernel(try Stage.kernel(2)), microsecondsPerLaunch: 1000,
      arguments: try argumentRegisters())
    let bytes = try SoftImageBuilder(for: descriptor).partial(of: quantize, for: slot)
    let words = try BitFile(parsing: bytes).words
    let start = try #require(words.firstIndex(of: KernelFrame.magic))
    var frames = Array(words[start..<start + 4 * Part.wordsPerFrame])
    let dct = try KernelFrame(
      function: .kernel(Stage.kernel(1)), microsecondsPerLaunch: 1000, arguments: argumentRegisters())
    frames.replaceSubrange(0..<Part.wordsPerFrame, with: dct.words)
    let changed = try PartialWriter(part: descriptor.part, region: [0..<4]).partial(design: "quantize", words: frames)

    let board = SoftBoard(descriptor, time: JumpingTime())
    try await board.configure(slot, with: verify(changed, for: slot, of: descriptor))
    let blocks = PlainReference.padAndBlock(tile)
    let output = try await board.process(PlainReference.item(blocks, stage: 1), in: slot)
    #expect(output == PlainReference.item(PlainReference.dct(blocks), stage: 2))
  }

  @Test func `frames that name no kernel run nothing`() async throws {
    let slot = TinyBoard.little
    let board = SoftBoard(descriptor, time: JumpingTime())
    let noise = try PartialWriter(part: descriptor.part, region: [0..<4])
      .partial(design: "noise", words: Array(repeating: 0xDEAD_BEEF, count: 4 * Part.wordsPerFrame))
    try await board.configure(slot, with: verify(noise, for: slot, of: descriptor))
    let sentence = "the first frame begins with the word 0xDEADBEEF, a kernel's begins with 0x53534554"
    await #expect(throws: BoardError.unknownKernel(slot, sentence)) { try await board.launch(slot, []) }
  }

  @Test func `a kernel that this board does not have is named`() async throws {
    let board = try await board(.kernel(#require(KernelName("tessera/lenet@1"))), in: TinyBoard.little)
    let refusal = BoardError.unknownKernel(TinyBoard.little, "'tessera/lenet@1' is none of this board's kernels")
    await #expect(throws: refusal) { try await board.launch(TinyBoard.little, []) }
  }

  @Test func `items run on while the port writes another slot`() async throws {
    let time = ManualTime()
    let descriptor = try TinyBoard.descriptor(portBytesPerSecond: 10_000)
    let board = SoftBoard(descriptor, time: time)
    let (slot, other) = (TinyBoard.little, TinyBoard.otherLittle)
    let image = try verifiedPartial(.kernel(Stage.kernel(0)), for: slot, of: descriptor, microseconds: 1000)
    async let first: Void = board.configure(slot, with: image)
    await time.waitForSleepers(1)
    time.advance(to: .milliseconds(1000))
    try await first

    async let second: Void = board.configure(
      other, with: verifiedPartial(.kernel(Stage.kernel(0)), for: other, of: descriptor))
    await time.waitForSleepers(1)
    for step in Int64(1)...5 {
      async let output = board.process(PlainReference.item(tile, stage: 0), in: slot)
      await time.waitForSleepers(2)
      time.advance(to: .milliseconds(1000 + step))
      #expect(try await output == PlainReference.item(PlainReference.padAndBlock(tile), stage: 1))
    }
    #expect(await board.health().configurationCount == 1)
    time.advance(to: .milliseconds(10_000))
    try await second
    #expect(await board.health() == BoardHealth(configurationCount: 2))
  }

  @Test func `a second launch in a running slot is refused`() async throws {
    let time = ManualTime()
    let board = try await boardAtRest(time)
    async let output = board.process(PlainReference.item(tile, stage: 0), in: TinyBoard.little)
    await time.waitForSleepers(1)
    let busy = BoardError.slotBusy(TinyBoard.little)
    await #expect(throws: busy) { try await board.launch(TinyBoard.little, []) }
    await #expect(throws: busy) { try await board.blank(TinyBoard.little) }
    await #expect(throws: busy) {
      try await board.configure(
        TinyBoard.little, with: verifiedPartial(.kernel(Stage.kernel(0)), for: TinyBoard.little, of: descriptor))
    }
    time.advance(to: .milliseconds(9_000_000))
    #expect(try await output.count > 16)
  }

  @Test func `abort ends a launch at once, and the slot can be launched again`() async throws {
    let time = ManualTime()
    let board = try await boardAtRest(time)
    let item = PlainReference.item(tile, stage: 0)
    board.abort(TinyBoard.little)
    let caller = Task { try await board.process(item, in: TinyBoard.little) }
    await time.waitForSleepers(1)
    board.abort(TinyBoard.little)
    board.abort(TinyBoard.little)
    await #expect(throws: BoardError.aborted(TinyBoard.little)) { try await caller.value }

    async let output = board.process(item, in: TinyBoard.little)
    await time.waitForSleepers(1)
    time.advance(to: .milliseconds(9_000_000))
    #expect(try await output == PlainReference.item(PlainReference.padAndBlock(tile), stage: 1))
  }

  @Test func `an output that is freed under a running launch is not written`() async throws {
    let time = ManualTime()
    let board = try await boardAtRest(time)
    let item = PlainReference.item(tile, stage: 0)
    let input = try await board.allocate(item.count, for: TinyBoard.job)
    let output = try await board.allocate(8192, for: TinyBoard.job)
    try await board.write(item, to: input)
    let arguments = try launchArguments(input: input, byteCount: item.count, output: output, capacity: 8192)
    let launch = Task { try await board.launch(TinyBoard.little, arguments) }
    await time.waitForSleepers(1)
    await board.free([output, output])
    let next = try await board.allocate(8192, for: JobID(rawValue: 8))
    time.advance(to: .milliseconds(9_000_000))
    await #expect(throws: BoardError.unknownBuffer(output)) { try await launch.value }
    #expect(try await board.read(8192, from: next).allSatisfy { $0 == 0 })
  }

  @Test func `cancelling the caller does not stop a launch`() async throws {
    let time = ManualTime()
    let board = try await boardAtRest(time)
    let item = PlainReference.item(tile, stage: 0)
    let caller = Task { try await board.process(item, in: TinyBoard.little) }
    await time.waitForSleepers(1)
    caller.cancel()
    await #expect(throws: BoardError.slotBusy(TinyBoard.little)) { try await board.launch(TinyBoard.little, []) }
    time.advance(to: .milliseconds(9_000_000))
    #expect(try await caller.value == PlainReference.item(PlainReference.padAndBlock(tile), stage: 1))
  }

  @Test func `a computation that ends late counts an overrun and gives its result`() async throws {
    let time = JumpingTime(delayPerReading: .milliseconds(5))
    let board = SoftBoard(try TinyBoard.descriptor(portBytesPerSecond: 1), time: time)
    let slot = TinyBoard.little
    for microseconds in [4000, 6000] {
      try await board.configure(
        slot, with: verifiedPartial(.kernel(Stage.kernel(0)), for: slot, of: descriptor, microseconds: microseconds))
      let output = try await board.process(PlainReference.item(tile, stage: 0), in: slot)
      #expect(output == PlainReference.item(PlainReference.padAndBlock(tile), stage: 1))
      #expect(await board.health().overrunCount == 1)
    }
  }

  /// A board with the first kernel in the first slot, and nobody asleep.
  private func boardAtRest(_ time: ManualTime) async throws -> SoftBoard {
    async let configured = board(.kernel(Stage.kernel(0)), in: TinyBoard.little, time: time)
    await time.waitForSleepers(1)
    time.advance(to: .milliseconds(1_000_000))
    return try await configured
  }
}
