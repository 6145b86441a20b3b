internal import Digests
internal import Fabric
internal import Messages
internal import Transfer

/// A job's bytes: rings in board memory, inputs in, results out, checkpoints.
extension Agent {
  /// Starts a long action of a job, which ends with the job's memory at the latest.
  func begin(_ execution: JobEpoch, _ action: @escaping @Sendable (isolated Agent) async -> Void) {
    lastAction += 1
    let number = lastAction
    underway[execution, default: [:]][number] = Task {
      await action(self)
      underway[execution]?[number] = nil
    }
  }

  /// What was kept for a job under a former epoch is now kept under this one.
  func adopt(_ execution: JobEpoch, from former: JobEpoch) {
    memory[execution] = memory.removeValue(forKey: former)
    underway[former] = nil
  }

  /// Ends what is under way for a job, then gives its memory back.
  func free(_ execution: JobEpoch) {
    let tasks = underway.removeValue(forKey: execution) ?? [:]
    for task in tasks.values { task.cancel() }
    let earlier = freeing[execution]
    lastAction += 1
    let number = lastAction
    freeing[execution] = Freeing(
      number: number,
      task: Task {
        await earlier?.task.value
        for task in tasks.values { await task.value }
        if let freed = memory.removeValue(forKey: execution) {
          await board.free(freed.buffers)
          audit(.memoryZeroed(execution.job, byteCount: freed.byteCount))
        }
        if freeing[execution]?.number == number { freeing[execution] = nil }
      })
  }

  func allocate(_ execution: JobEpoch, _ rings: [Ring]) async {
    // The same reservation may be dropped and announced again.
    await freeing[execution]?.task.value
    var reserved = JobMemory()
    do throws(BoardError) {
      for ring in rings {
        for _ in 0..<ring.capacity {
          reserved.append(try await board.allocate(ring.byteCount, for: execution.job), ring.byteCount, to: ring.edge)
        }
      }
    } catch {
      await board.free(reserved.buffers)
      if !Task.isCancelled { take(.allocated(execution, .failure(Refusal(error)))) }
      return
    }
    guard !Task.isCancelled else { return await board.free(reserved.buffers) }
    memory[execution] = reserved
    take(.allocated(execution, .success(Nothing())))
  }

  func load(_ execution: JobEpoch, _ place: RingItem, _ blob: BlobReference) async {
    let outcome: Outcome<Int>? = await outcome {
      let bytes = try await self.untilAnswered {
        try await self.exchange.download(blob, from: .dialed(endpoint: self.configuration.brokerEndpoint))
      }
      try await self.board.write(bytes, to: try self.buffer(execution, place))
      return bytes.count
    }
    if let outcome { take(.loaded(execution, item: place.item, outcome)) }
  }

  func store(_ execution: JobEpoch, _ place: RingItem, _ byteCount: Int) async {
    let outcome: Outcome<BlobReference>? = await outcome {
      let bytes = try await self.board.read(byteCount, from: try self.buffer(execution, place))
      let blob = BlobReference(digest: Digest(of: bytes), byteCount: bytes.count)
      try await self.untilAnswered {
        try await self.exchange.upload(
          bytes, blob, to: .dialed(endpoint: self.configuration.brokerEndpoint))
      }
      return blob
    }
    if let outcome { take(.stored(execution, item: place.item, outcome)) }
  }

  func save(_ execution: JobEpoch, _ items: [SavedRingItem]) async {
    let outcome: Outcome<[SavedItem]>? = await outcome {
      var saved: [SavedItem] = []
      for item in items {
        let bytes = try await self.board.read(item.byteCount, from: try self.buffer(execution, item.place))
        saved.append(SavedItem(edge: item.place.edge, item: item.place.item, blob: try await self.store.put(bytes)))
      }
      return saved
    }
    if let outcome { take(.saved(execution, outcome)) }
  }

  func deliver(_ execution: JobEpoch, _ items: [SavedItem], to endpoint: String) async {
    let outcome: Outcome<Nothing>? = await outcome {
      for item in items {
        try await self.exchange.upload(
          try await self.bytes(of: item.blob), item.blob, to: .dialed(endpoint: endpoint))
      }
      return Nothing()
    }
    if let outcome { take(.delivered(execution, outcome)) }
  }

  func restore(_ execution: JobEpoch, _ items: [SavedItem]) async {
    let outcome: Outcome<Nothing>? = await outcome {
      for item in items {
        let place = RingItem(edge: item.edge, item: item.item, ringIndex: item.item)
        try await self.board.write(try await self.bytes(of: item.blob), to: try self.buffer(execution, place))
      }
      return Nothing()
    }
    if let outcome { take(.restored(execution, outcome)) }
  }

  func bytes(of blob: BlobReference) async throws -> [UInt8] {
    guard let bytes = try await store.read(blob.digest, from: 0, count: blob.byteCount), bytes.count == blob.byteCount
    else { throw StoreError.corrupt("the blob \(blob.digest) is not there") }
    return bytes
  }

  func buffer(_ execution: JobEpoch, _ place: RingItem) throws -> BufferID {
    guard let buffer = memory[execution]?.buffer(place.edge, place.ringIndex) else {
      throw DriverDefect.noRing(execution, place.edge)
    }
    return buffer
  }

  /// The broker may be away for a while: ask until it answers, or the job is given up.
  func untilAnswered<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
      do { return try await body() } catch TransferError.noAnswer { try Task.checkCancellation() }
    }
  }

  /// How a long action ended; nil where it was cancelled, so that nobody waits for its event.
  func outcome<Value>(_ body: () async throws -> Value) async -> Outcome<Value>? {
    do { return .success(try await body()) } catch {
      return Task.isCancelled ? nil : .failure(.about(error))
    }
  }
}
