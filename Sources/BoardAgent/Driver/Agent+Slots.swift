internal import Bitstream
internal import Digests
internal import Dispatch
internal import Fabric
internal import Logging
internal import SlotAllocator

/// Images into slots, and launches.
extension Agent {
  func fetch(_ partial: PartialReference) async {
    do {
      let bytes = try await storage.read(partial)
      partials[partial.digest] = try await verify(bytes, partial)
      take(.fetched(partial, .success(Nothing())))
    } catch {
      log.error("image refused", metadata: ["slot": "\(partial.slot)", "error": "\(error)"])
      take(.fetched(partial, .failure(.about(error))))
    }
  }

  /// Milliseconds of hashing, on a thread of their own: the shared pool is for what is short.
  func verify(_ bytes: [UInt8], _ partial: PartialReference) async throws -> VerifiedPartial {
    let frames = board.descriptor[partial.slot]?.frames ?? []
    let verifier = PartialVerifier(
      part: board.descriptor.part, region: frames, policy: board.descriptor.policy)
    return try await withCheckedThrowingContinuation { caller in
      verification.async {
        caller.resume(with: Result { try verifier.verify(bytes, digest: partial.digest) })
      }
    }
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

  func write(_ slot: SlotID, _ digest: Digest) async {
    guard let partial = partials[digest] else { return fail(DriverDefect.partialNotInMemory(digest)) }
    do throws(BoardError) {
      try await board.configure(slot, with: partial)
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
