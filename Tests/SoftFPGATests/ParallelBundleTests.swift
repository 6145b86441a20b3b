import Bitstream
import Fabric
import PlainReference
import SoftFPGA
import TestBench
import Testing

@Suite(.timeLimit(.minutes(1))) struct ParallelBundleTests {
  private static let stageCount = 3
  private static let capacity = 8192
  private let slot = TinyBoard.big
  private let time = JumpingTime()
  private let board: SoftBoard

  /// A board with pad-and-block, dct and quantize in its Big slot.
  init() async throws {
    let descriptor = try TinyBoard.descriptor()
    board = SoftBoard(descriptor, time: time)
    try await board.configure(slot, with: Self.image(for: slot, of: descriptor))
  }

  private static func image(for slot: SlotID, of descriptor: BoardDescriptor) throws -> VerifiedPartial {
    try verifiedPartial(Stage.bundle(.parallel, 0...2), for: slot, of: descriptor, microseconds: 537_731)
  }

  /// Another such board, with nobody asleep.
  private func board(_ time: ManualTime) async throws -> SoftBoard {
    let descriptor = try TinyBoard.descriptor()
    let board = SoftBoard(descriptor, time: time)
    async let configured: Void = board.configure(slot, with: Self.image(for: slot, of: descriptor))
    await time.waitForSleepers(1)
    time.advance(to: .milliseconds(1_000_000))
    try await configured
    return board
  }

  @Test(arguments: [1, 2, 3, 7]) func `launch k works stage s on item k - s`(itemCount: Int) async throws {
    let tiles = (0..<itemCount).map {
      picture(width: 9 + 4 * $0, height: 17 - $0, channels: 1 + $0 % 3, seed: UInt64($0))
    }
    func item(_ number: Int, edge: Int) -> [UInt8] {
      PlainReference.item(PlainReference.stages[..<edge].reduce(tiles[number]) { $1($0) }, stage: edge)
    }
    // The ring of an edge has two buffers; stage s reads from edge s and writes to edge s + 1.
    let ringCapacity = 2
    var rings: [[BufferID]] = []
    for _ in 0...Self.stageCount { rings.append(try await buffers(ringCapacity)) }
    var expected = rings.map { $0.map { _ in [UInt8]() } }
    for launch in 0..<itemCount + Self.stageCount - 1 {
      if launch < itemCount {
        let place = launch % ringCapacity
        expected[0][place] = item(launch, edge: 0)
        try await board.write(expected[0][place], to: rings[0][place])
      }
      var arguments: [BufferArgument] = []
      var byteCounts: [ArgumentName: Int] = [:]
      for stage in 0..<Self.stageCount where 0..<itemCount ~= launch - stage {
        let (number, place) = (launch - stage, (launch - stage) % ringCapacity)
        arguments += try self.arguments(
          of: stage, input: rings[stage][place], item(number, edge: stage).count, output: rings[stage + 1][place])
        expected[stage + 1][place] = item(number, edge: stage + 1)
        byteCounts[try outputName(stage)] = item(number, edge: stage + 1).count
      }
      #expect(try await board.launch(slot, arguments) == byteCounts, "launch \(launch)")
      for (edge, ring) in rings.enumerated() {
        for (buffer, bytes) in zip(ring, expected[edge]) {
          #expect(try await board.read(bytes.count, from: buffer) == bytes, "launch \(launch), edge \(edge)")
        }
      }
    }
  }

  @Test func `a launch takes the same time however many stages work`() async throws {
    let inputs = try await items()
    let outputs = try await buffers(Self.stageCount)
    for active in [[0], [1, 2], [0, 2], [0, 1, 2]] {
      let start = time.now.board
      let written = try await board.launch(slot, arguments(active, inputs, outputs))
      #expect(time.now.board - start == .microseconds(537_731))
      #expect(written.count == active.count)
    }
    #expect(await board.health().overrunCount == 0)
  }

  @Test func `an idle stage touches nothing, also after a launch in which it worked`() async throws {
    let inputs = try await items()
    let outputs = try await buffers(Self.stageCount)
    _ = try await board.launch(slot, arguments([0, 1, 2], inputs, outputs))
    for active in 0..<Self.stageCount {
      let marks = [UInt8](repeating: 0xAB, count: Self.capacity)
      for output in outputs { try await board.write(marks, to: output) }
      let written = try await board.launch(slot, arguments([active], inputs, outputs))
      #expect(written == [try outputName(active): result(active).count])
      for (stage, output) in outputs.enumerated() {
        let expected = stage == active ? result(stage) + marks.dropFirst(result(stage).count) : marks
        #expect(try await board.read(Self.capacity, from: output) == expected, "stage \(stage)")
      }
    }
  }

  @Test func `no stage sees what another one writes in the same launch`() async throws {
    // Each stage writes over the item that the next one works on.
    let inputs = try await items()
    let last = try await buffers(1)
    let outputs = inputs[1...].map(\.buffer) + last
    _ = try await board.launch(slot, arguments([0, 1, 2], inputs, outputs))
    for stage in 0..<Self.stageCount {
      #expect(try await board.read(result(stage).count, from: outputs[stage]) == result(stage), "stage \(stage)")
    }
  }

  @Test func `what comes into an input after the launch began is for the next launch`() async throws {
    let manual = ManualTime()
    let board = try await board(manual)
    let inputs = try await items(on: board)
    let outputs = try await buffers(Self.stageCount, on: board)
    let arguments = try arguments([0, 1, 2], inputs, outputs)
    async let written = board.launch(slot, arguments)
    await manual.waitForSleepers(1)
    for input in inputs { try await board.write(Array(repeating: 0xFF, count: 64), to: input.buffer) }
    for output in outputs { #expect(try await board.read(1, from: output) == [0], "not before the launch is over") }
    manual.advance(to: .milliseconds(2_000_000))
    #expect(try await written.count == Self.stageCount)
    for stage in 0..<Self.stageCount {
      #expect(try await board.read(result(stage).count, from: outputs[stage]) == result(stage), "stage \(stage)")
    }
  }

  @Test func `a stage is given both buffers or none`() async throws {
    let inputs = try await items()
    let outputs = try await buffers(Self.stageCount)
    let arguments = try arguments([0, 1, 2], inputs, outputs)
    for stage in 0..<Self.stageCount {
      let name = "stage \(stage) (\(try Stage.kernel(stage)))"
      await expectFault("\(name) is given an output and no input", arguments.removing(2 * stage))
      await expectFault("\(name) is given an input and no output", arguments.removing(2 * stage + 1))
    }
    await expectFault("none of its 3 stages is given an item", [])
    #expect(try await board.launch(slot, arguments).count == Self.stageCount, "a refused launch leaves the slot ready")
  }

  @Test func `two stages do not write to one buffer`() async throws {
    let inputs = try await items()
    let outputs = try await buffers(2)
    await expectFault(
      "the stages 0 and 2 are given the same output buffer",
      try arguments([0, 1, 2], inputs, [outputs[0], outputs[1], outputs[0]]))
  }

  @Test(arguments: 0..<3) func `a stage that stops ends the launch by its name, and nothing is written`(
    stage: Int
  ) async throws {
    var inputs = try await items()
    // An item that has come one stage further than this stage takes it.
    inputs[stage] = inputs[(stage + 1) % Self.stageCount]
    let outputs = try await buffers(Self.stageCount)
    await expectFault(
      "stage \(stage) (\(try Stage.kernel(stage))): "
        + "the tile is at stage \((stage + 1) % Self.stageCount), this kernel takes stage \(stage)",
      try arguments([0, 1, 2], inputs, outputs))
    for output in outputs {
      #expect(try await board.read(Self.capacity, from: output).allSatisfy { $0 == 0 })
    }
  }

  @Test func `an address where no buffer begins is a fault of the stage that has it`() async throws {
    let inputs = try await items()
    var arguments = try arguments([0, 1, 2], inputs, try await buffers(Self.stageCount))
    // Writes the low half of an address over the high half of stage 1's.
    let registers = ArgumentRegisters(
      name: arguments[2].registers.name, direction: .input, addressOffset: 0x34, byteCountOffset: 0x3C)
    arguments.append(BufferArgument(registers: registers, buffer: inputs[1].buffer, byteCount: 0))
    await #expect {
      try await board.launch(slot, arguments)
    } throws: {
      guard case .kernelFault(slot, let sentence) = $0 as? BoardError else { return false }
      return sentence.hasPrefix("stage 1 (tessera/dct@1): the registers at 0x30 hold the address 0x")
    }
  }

  @Test func `an aborted launch writes nothing, whatever stages worked`() async throws {
    let manual = ManualTime()
    let board = try await board(manual)
    let outputs = try await buffers(Self.stageCount, on: board)
    let arguments = try arguments([0, 1, 2], try await items(on: board), outputs)
    let caller = Task { try await board.launch(slot, arguments) }
    await manual.waitForSleepers(1)
    board.abort(slot)
    await #expect(throws: BoardError.aborted(slot)) { try await caller.value }
    for output in outputs {
      #expect(try await board.read(Self.capacity, from: output).allSatisfy { $0 == 0 })
    }
  }

  @Test func `a board never hands out the address that means idle`() throws {
    var memory = BoardMemory(byteCount: 4096)
    while let buffer = try? memory.allocate(0, for: TinyBoard.job) {
      #expect(try memory.address(of: buffer, holding: 0) >= UInt64(BoardMemory.baseAddress))
    }
    #expect(BoardMemory.baseAddress > 0)
  }

  private typealias Item = (buffer: BufferID, byteCount: Int)

  private func tile(_ stage: Int) -> PlainReference.Tile {
    let pixels = picture(width: 12 + stage, height: 10 + 3 * stage, channels: 1 + stage, seed: UInt64(stage))
    return PlainReference.stages[..<stage].reduce(pixels) { $1($0) }
  }

  /// What a stage makes of its item of ``items(on:)``.
  private func result(_ stage: Int) -> [UInt8] {
    PlainReference.item(PlainReference.stages[stage](tile(stage)), stage: stage + 1)
  }

  /// An item for each stage, of different pictures.
  private func items(on board: SoftBoard? = nil) async throws -> [Item] {
    var items: [Item] = []
    for (stage, buffer) in try await buffers(Self.stageCount, on: board).enumerated() {
      let item = PlainReference.item(tile(stage), stage: stage)
      try await (board ?? self.board).write(item, to: buffer)
      items.append((buffer, item.count))
    }
    return items
  }

  private func buffers(_ count: Int, on board: SoftBoard? = nil) async throws -> [BufferID] {
    var buffers: [BufferID] = []
    for _ in 0..<count {
      buffers.append(try await (board ?? self.board).allocate(Self.capacity, for: TinyBoard.job))
    }
    return buffers
  }

  private func outputName(_ stage: Int) throws -> ArgumentName { try #require(ArgumentName("\(stage).output")) }

  private func arguments(_ stages: [Int], _ inputs: [Item], _ outputs: [BufferID]) throws -> [BufferArgument] {
    try stages.flatMap {
      try arguments(of: $0, input: inputs[$0].buffer, inputs[$0].byteCount, output: outputs[$0])
    }
  }

  private func arguments(
    of stage: Int, input: BufferID, _ byteCount: Int, output: BufferID
  ) throws -> [BufferArgument] {
    let registers = try stageArgumentRegisters(stageCount: Self.stageCount)
    return [
      BufferArgument(registers: registers[2 * stage], buffer: input, byteCount: byteCount),
      BufferArgument(registers: registers[2 * stage + 1], buffer: output, byteCount: Self.capacity),
    ]
  }

  private func expectFault(_ sentence: String, _ arguments: [BufferArgument]) async {
    await #expect(throws: BoardError.kernelFault(slot, sentence)) { try await board.launch(slot, arguments) }
  }
}

extension [BufferArgument] {
  fileprivate func removing(_ index: Int) -> [BufferArgument] {
    var rest = self
    rest.remove(at: index)
    return rest
  }
}
