internal import Bitstream
internal import Dispatch
internal import Fabric
internal import Logging
internal import SlotAllocator

/// Images into slots, and launches.
extension Agent {
  func fetch(_ partial: PartialReference) async {
    do {
      let bytes = try await storage.read(partial)
      let read = time.now.board
      partials[partial.built] = try await verify(bytes, partial)
      take(.fetched(partial, .success(time.now.board - read)))
    } catch {
      log.error("image refused", metadata: ["slot": "\(partial.slot)", "error": "\(error)"])
      take(.fetched(partial, .failure(.about(error))))
    }
  }

  /// A partial is verified for the slot that it was built for, wherever it goes then.
  func verify(_ bytes: [UInt8], _ partial: PartialReference) async throws -> VerifiedPartial {
    let verifier = board.descriptor.verifier(for: partial.builtFor)
    return try await onVerificationThread { () throws(BitstreamError) in
      try verifier.verify(bytes, digest: partial.digest)
    }
  }

  /// The partial for its slot's own frames: verified again where it is said to be moved there, else as it is.
  private func moved(
    _ partial: PartialReference, _ verified: VerifiedPartial
  ) async throws(BoardError) -> VerifiedPartial {
    guard let origin = partial.relocatedFrom else { return verified }
    do throws(BitstreamError) {
      let relocator = try board.descriptor.relocator(from: origin, to: partial.slot)
      return try await onVerificationThread { () throws(BitstreamError) in try relocator.relocate(verified) }
    } catch {
      throw .relocationFailed(partial.slot, from: origin, error)
    }
  }

  /// Milliseconds of hashing, on a thread of their own: the shared pool is for what is short.
  private func onVerificationThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws(BitstreamError) -> Value
  ) async throws(BitstreamError) -> Value {
    let outcome = await withCheckedContinuation { caller in
      verification.async {
        do throws(BitstreamError) {
          caller.resume(returning: Result<Value, BitstreamError>.success(try work()))
        } catch {
          caller.resume(returning: .failure(error))
        }
      }
    }
    return try outcome.get()
  }

  func blank(_ slot: SlotID) async {
    do throws(BoardError) {
      try await board.blank(slot)
      take(.blanked(slot, nil))
    } catch {
      log.error("blanking failed", metadata: ["slot": "\(slot)", "error": "\(error)"])
      take(.blanked(slot, error))
    }
  }

  func write(_ partial: PartialReference) async {
    guard let verified = partials[partial.built] else {
      return fail(DriverDefect.partialNotInMemory(partial.digest))
    }
    let slot = partial.slot
    do throws(BoardError) {
      try await board.configure(slot, with: moved(partial, verified))
      take(.written(slot, nil))
    } catch {
      log.error("configuration failed", metadata: ["slot": "\(slot)", "error": "\(error)"])
      take(.written(slot, error))
    }
  }

  func run(_ launch: Launch, in slot: SlotID) async -> LaunchResult {
    // The abort came while this task had not begun.
    if abortedSlots.remove(slot) != nil { return .failed(.aborted(slot)) }
    do throws(BoardError) {
      let arguments: [BufferArgument]
      do { arguments = try self.arguments(of: launch) } catch {
        fail(error)
        return .failed(.aborted(slot))
      }
      let written = try await board.launch(slot, arguments)
      return .finished(
        written.sorted { $0.key < $1.key }.map { WrittenOutput(argument: $0.key, byteCount: $0.value) })
    } catch {
      if case .aborted = error {
      } else {
        log.warning("launch failed", metadata: ["slot": "\(slot)", "error": "\(error)"])
      }
      return .failed(error)
    }
  }

  private func arguments(of launch: Launch) throws(DriverDefect) -> [BufferArgument] {
    var arguments: [BufferArgument] = []
    for argument in launch.arguments {
      guard let registers = images[launch.image]?.arguments.first(where: { $0.name == argument.name }),
        let buffer = memory[launch.execution]?.buffer(argument.edge, argument.ringIndex)
      else { throw .noRing(launch.execution, argument.edge) }
      arguments.append(BufferArgument(registers: registers, buffer: buffer, byteCount: argument.byteCount))
    }
    return arguments
  }
}
