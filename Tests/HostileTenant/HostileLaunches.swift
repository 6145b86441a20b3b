internal import Fabric
internal import SoftFPGA

/// How the tenant's kernel finds its arguments: input at 0x10 and 0x1C, output at 0x24 and 0x30.
struct KernelArguments {
  let input: ArgumentName
  let output: ArgumentName

  init() throws {
    guard let input = ArgumentName("input"), let output = ArgumentName("output") else { throw UnfitBoard() }
    (self.input, self.output) = (input, output)
  }

  var registers: [ArgumentRegisters] { [registers(input, 0x10, 0x1C), registers(output, 0x24, 0x30)] }

  func input(_ buffer: BufferID, _ byteCount: Int) -> BufferArgument {
    BufferArgument(registers: registers[0], buffer: buffer, byteCount: byteCount)
  }

  func output(_ buffer: BufferID, _ byteCount: Int) -> BufferArgument {
    BufferArgument(registers: registers[1], buffer: buffer, byteCount: byteCount)
  }

  /// A manifest may put an argument's count wherever it likes, so also where the kernel looks for an address.
  func typed(_ value: Int, into offset: Int, by buffer: BufferID) -> BufferArgument {
    BufferArgument(
      registers: ArgumentRegisters(
        name: input, direction: .input, addressOffset: 0x100 + 0x10 * offset, byteCountOffset: offset),
      buffer: buffer, byteCount: value)
  }

  private func registers(_ name: ArgumentName, _ address: Int, _ byteCount: Int) -> ArgumentRegisters {
    ArgumentRegisters(
      name: name, direction: name == input ? .input : .output, addressOffset: address, byteCountOffset: byteCount)
  }
}

extension HostileTenant {
  /// Makes an attempt that needs no image of its own.
  ///
  /// - Returns: The code of what refused it, if anything did.
  mutating func launch(_ kind: Kind, in slot: SlotID) async throws -> String? {
    try await makeReady(slot)
    if kind == .reusedMemory { return try await reuseMemory(in: slot) }
    do throws(BoardError) {
      try await house.board.write(SharedBoard.tile, to: house.input)
      switch kind {
      case .readFreed: _ = try await house.board.read(1, from: try await freedBuffer(of: SharedBoard.tenant).buffer)
      default: _ = try await house.board.launch(slot, try await arguments(of: kind, in: slot))
      }
      return nil
    } catch { return error.code }
  }

  private mutating func arguments(of kind: Kind, in slot: SlotID) async throws(BoardError) -> [BufferArgument] {
    guard let names = try? KernelArguments() else { return [] }
    let tileSize = SharedBoard.tile.count
    let honestInput = names.input(house.input, tileSize)
    let honestOutput = names.output(house.output, SharedBoard.bufferByteCount)
    switch kind {
    case .wildAddress: return wildAddress(names, honestInput, honestOutput)
    case .foreignAddress: return at(house.secretAddresses[random.draw(0...house.secretAddresses.count - 1)], names)
    case .staleAddress: return at(try await freedBuffer(of: SharedBoard.neighbour).address, names)
    case .freedBuffer:
      let freed = try await freedBuffer(of: SharedBoard.tenant).buffer
      return random.draw(0...1) == 0
        ? [names.input(freed, tileSize), honestOutput]
        : [honestInput, names.output(freed, SharedBoard.bufferByteCount)]
    case .wildCount:
      let count = [Int.min, -1, 0, SharedBoard.bufferByteCount + 1, 1 << 20, Int(UInt32.max), 1 << 32, .max][
        random.draw(0...7)]
      return switch random.draw(0...2) {
      case 0: [names.input(house.input, count), honestOutput]
      case 1: [honestInput, names.output(house.output, count)]
      default: [honestInput, honestOutput, names.typed(random.draw(0...1 << 20), into: 0x1C, by: house.large)]
      }
    case .foreignBuffer:
      let secret = house.secrets[random.draw(0...house.secrets.count - 1)]
      return random.draw(0...1) == 0
        ? [names.input(secret, tileSize), honestOutput]
        : [honestInput, names.output(secret, SharedBoard.bufferByteCount)]
    case .staleArguments:
      _ = try await house.board.launch(slot, [honestInput, honestOutput])
      return [[], [honestInput], [honestOutput]][random.draw(0...2)]
    default:
      let offset = random.draw(0...3) == 0 ? random.draw(-8...70_000) : 4 * random.draw(0...0x20)
      let other = ArgumentRegisters(
        name: names.input, direction: .input, addressOffset: offset, byteCountOffset: 4 * random.draw(0...0x20))
      return [honestOutput, BufferArgument(registers: other, buffer: house.large, byteCount: random.draw(0...1 << 17))]
    }
  }

  /// Any address, most often near the buffers, for the input or the output.
  private mutating func wildAddress(
    _ names: KernelArguments, _ honestInput: BufferArgument, _ honestOutput: BufferArgument
  ) -> [BufferArgument] {
    let near = BoardMemory.baseAddress + random.draw(-64...1024)
    let low = random.draw(0...2) > 0 ? near : random.draw(0...house.descriptor.memoryByteCount / 2)
    let offset = random.draw(0...1) == 0 ? 0x10 : 0x24
    var arguments = [honestInput, honestOutput, names.typed(low, into: offset, by: house.large)]
    if random.draw(0...3) == 0 {
      arguments.append(names.typed(random.draw(1...1 << 29), into: offset + 4, by: house.large))
    }
    return arguments
  }

  /// The honest launch with an address of the tenant's choice for its input or its output.
  private mutating func at(_ address: Int, _ names: KernelArguments) -> [BufferArgument] {
    [
      names.input(house.input, SharedBoard.tile.count), names.output(house.output, SharedBoard.bufferByteCount),
      names.typed(address, into: random.draw(0...1) == 0 ? 0x10 : 0x24, by: house.large),
    ]
  }

  /// A buffer that held the neighbour's or the tenant's bytes and was given back.
  private func freedBuffer(of job: JobID) async throws(BoardError) -> (buffer: BufferID, address: Int) {
    let buffer = try await house.board.allocate(SharedBoard.bufferByteCount, for: job)
    try await house.board.write(SharedBoard.secretTile, to: buffer)
    await house.board.free([buffer])
    return (buffer, house.firstFreeAddress)
  }

  /// Takes memory that the neighbour has just given back, and lets the kernel read it.
  private func reuseMemory(in slot: SlotID) async throws -> String? {
    _ = try await freedBuffer(of: SharedBoard.neighbour)
    let names = try KernelArguments()
    let reused = try await house.board.allocate(SharedBoard.bufferByteCount, for: SharedBoard.tenant)
    let bytes = try await house.board.read(SharedBoard.bufferByteCount, from: reused)
    guard bytes.allSatisfy({ $0 == 0 }) else { throw Breach(kind: .reusedMemory, what: "memory was not zeroed") }
    var refusal: String?
    do throws(BoardError) {
      _ = try await house.board.launch(
        slot, [names.input(reused, SharedBoard.tile.count), names.output(house.output, SharedBoard.bufferByteCount)])
    } catch { refusal = error.code }
    await house.board.free([reused])
    return refusal
  }
}
