import Fabric
import PlainReference
import SoftFPGA
import TestBench
import Testing

@Suite struct LaunchArgumentTests {
  private let slot = TinyBoard.little
  private let item = PlainReference.item(picture(width: 8, height: 8, channels: 1, seed: 1), stage: 0)
  private let board: SoftBoard
  private let input: BufferID
  private let output: BufferID

  init() async throws {
    let descriptor = try TinyBoard.descriptor()
    board = SoftBoard(descriptor, time: JumpingTime())
    try await board.configure(slot, with: verifiedPartial(.kernel(Stage.kernel(0)), for: slot, of: descriptor))
    input = try await board.allocate(item.count, for: TinyBoard.job)
    output = try await board.allocate(1024, for: TinyBoard.job)
    try await board.write(item, to: input)
  }

  private func expectFault(_ sentence: String, _ arguments: [BufferArgument]) async {
    await #expect(throws: BoardError.kernelFault(slot, sentence)) { try await board.launch(slot, arguments) }
  }

  @Test func `the count that the kernel wrote comes back by the argument's name`() async throws {
    let arguments = try launchArguments(input: input, byteCount: item.count, output: output, capacity: 1024)
    let name = try #require(ArgumentName("output"))
    #expect(try await board.launch(slot, arguments) == [name: 16 + 128])
  }

  @Test func `buffers must exist and hold what is promised`() async throws {
    let missing = BufferID(rawValue: 999)
    for (arguments, refusal) in [
      (
        try launchArguments(input: missing, byteCount: 1, output: output, capacity: 1),
        BoardError.unknownBuffer(missing)
      ),
      (
        try launchArguments(input: input, byteCount: item.count + 1, output: output, capacity: 1),
        .bufferTooSmall(input, byteCount: item.count, neededByteCount: item.count + 1)
      ),
      (
        try launchArguments(input: input, byteCount: item.count, output: output, capacity: 1025),
        .bufferTooSmall(output, byteCount: 1024, neededByteCount: 1025)
      ),
    ] {
      await #expect(throws: refusal) { try await board.launch(slot, arguments) }
    }
  }

  @Test func `an output that is too small is the kernel's fault`() async throws {
    await expectFault(
      "tessera/pad-and-block@1: the result has 144 bytes, its buffer takes 143",
      try launchArguments(input: input, byteCount: item.count, output: output, capacity: 143))
  }

  @Test func `a launch finds nothing of the launch before in its registers`() async throws {
    let arguments = try launchArguments(input: input, byteCount: item.count, output: output, capacity: 1024)
    _ = try await board.launch(slot, arguments)
    await expectFault(
      "the registers at 0x24 hold the address 0x0, where no buffer of 0 bytes begins", [arguments[0]])
  }

  @Test func `arguments at other registers than the kernel's are not found`() async throws {
    let arguments = try launchArguments(input: input, byteCount: item.count, output: output, capacity: 1024)
    let name = arguments[0].registers.name
    for (offset, sentence) in [
      (0x40, "the registers at 0x10 hold the address 0x0, where no buffer of \(item.count) bytes begins"),
      (0x4, "there is no argument register at 0x4; they lie at multiples of 4 from 0x10 to 0xFFFC"),
      (0x11, "there is no argument register at 0x11; they lie at multiples of 4 from 0x10 to 0xFFFC"),
      (0xFFFC, "there is no argument register at 0x10000; they lie at multiples of 4 from 0x10 to 0xFFFC"),
    ] {
      let registers = ArgumentRegisters(name: name, direction: .input, addressOffset: offset, byteCountOffset: 0x1C)
      await expectFault(
        sentence, [BufferArgument(registers: registers, buffer: input, byteCount: item.count), arguments[1]])
    }
  }

  @Test func `counts that no register holds are refused`() async throws {
    await expectFault(
      "-1 bytes do not fit a register of 32 bits",
      try launchArguments(input: input, byteCount: -1, output: output, capacity: 1024))
  }

  @Test func `buffers of two jobs do not meet in one launch`() async throws {
    let foreign = try await board.allocate(1024, for: JobID(rawValue: 8))
    await expectFault(
      "its arguments are buffers of 2 jobs, one job's are allowed",
      try launchArguments(input: input, byteCount: item.count, output: foreign, capacity: 1024))
  }

  @Test func `an address that a tenant types in leads to its own buffers only`() async throws {
    // A count that lands in the kernel's address register: the way past buffers by name.
    let foreign = try await board.allocate(item.count, for: JobID(rawValue: 8))
    try await board.write(item, to: foreign)
    let addresses = stride(from: BoardMemory.baseAddress, to: BoardMemory.baseAddress + 4096, by: BoardMemory.alignment)
    let large = try await board.allocate(1 << 18, for: TinyBoard.job)
    let registers = try argumentRegisters()
    var acceptedCount = 0
    for address in addresses {
      let typed = ArgumentRegisters(
        name: registers[0].name, direction: .input, addressOffset: 0x100, byteCountOffset: 0x10)
      let counted = ArgumentRegisters(
        name: registers[0].name, direction: .input, addressOffset: 0x200, byteCountOffset: 0x1C)
      do throws(BoardError) {
        _ = try await board.launch(
          slot,
          [
            BufferArgument(registers: typed, buffer: large, byteCount: address),
            BufferArgument(registers: counted, buffer: large, byteCount: item.count),
            BufferArgument(registers: registers[1], buffer: output, byteCount: 1024),
          ])
        acceptedCount += 1
      } catch { #expect(error.code == "board.kernelFault") }
    }
    // Its own item, at its own address.
    #expect(acceptedCount == 1)
  }

  @Test func `a refused launch leaves the slot ready`() async throws {
    await expectFault(
      "the registers at 0x10 hold the address 0x0, where no buffer of 0 bytes begins", [])
    let arguments = try launchArguments(input: input, byteCount: item.count, output: output, capacity: 1024)
    #expect(try await board.launch(slot, arguments).count == 1)
  }
}
