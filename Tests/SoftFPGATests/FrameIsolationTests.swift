import Bitstream
import Digests
import Fabric
import SoftFPGA
import TestBench
import Testing

/// What keeps a slot's image to the slot's frames is the verifier: the device writes whatever it is told.
@Suite(.timeLimit(.minutes(1))) struct FrameIsolationTests {
  private func configured(_ board: SoftBoard, _ kernel: Int) async throws {
    for slot in board.descriptor.slots.map(\.slot) {
      let partial = try verifiedPartial(.kernel(Stage.kernel(kernel)), for: slot, of: board.descriptor)
      try await board.configure(slot, with: partial)
    }
  }

  @Test func `configuring or blanking a slot changes no frame outside it`() async throws {
    let descriptor = try TinyBoard.descriptor()
    let board = SoftBoard(descriptor, time: JumpingTime())
    try await configured(board, 0)
    let all = 0..<descriptor.part.frameCount
    for slot in descriptor.slots {
      for isBlanking in [true, false] {
        let before = board.readback(all)
        if isBlanking {
          try await board.blank(slot.slot)
        } else {
          try await board.configure(
            slot.slot, with: verifiedPartial(.kernel(Stage.kernel(1)), for: slot.slot, of: descriptor))
        }
        let after = board.readback(all)
        let changed = all.filter { frame in (frame * 93..<(frame + 1) * 93).contains { before[$0] != after[$0] } }
        #expect(changed == slot.frames.flatMap { Array($0) })
      }
    }
  }

  @Test func `a stream for other frames changes them at the bare port, and the verifier refuses it`() throws {
    let descriptor = try TinyBoard.descriptor()
    let port = ConfigurationPort(part: descriptor.part)
    let image = try SoftImageBuilder(for: descriptor).partial(
      of: softImage(.kernel(Stage.kernel(0))), for: TinyBoard.otherLittle)
    #expect(throws: BitstreamError.frameOutsideRegion(frames: 4..<8, region: [0..<4])) {
      try verify(image, for: TinyBoard.little, of: descriptor)
    }
    #expect(port.readback(4..<8).allSatisfy { $0 == 0 })
    #expect(port.write(image) == nil)
    #expect(!port.readback(5..<8).contains { $0 == 0 })
  }

  @Test func `a damaged image may leave its slot half written, and nothing else`() async throws {
    let descriptor = try TinyBoard.descriptor()
    for kind in FaultPlan.Kind.allCases {
      let plan = FaultPlan([FaultPlan.Fault(kind, slot: TinyBoard.otherLittle, first: 2)])
      let board = SoftBoard(descriptor, faults: plan, time: JumpingTime())
      try await configured(board, 0)
      let before = board.readback(0..<4) + board.readback(8..<16)
      let partial = try verifiedPartial(.kernel(Stage.kernel(1)), for: TinyBoard.otherLittle, of: descriptor)
      await #expect(throws: BoardError.self) { try await board.configure(TinyBoard.otherLittle, with: partial) }
      #expect(board.readback(0..<4) + board.readback(8..<16) == before)
    }
  }
}
