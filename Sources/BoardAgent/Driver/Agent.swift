internal import Bitstream
internal import Digests
internal import Dispatch
public import Fabric
public import Logging
public import Messages
internal import SlotAllocator
internal import Transfer

/// Drives an ``AgentCore`` over a board, a transport and a store.
///
/// Handling an event and handing out its actions never suspends; what takes long is a task whose end is an event.
public actor Agent {
  private var core: AgentCore
  private var actions = Actions<AgentAction>()
  private var outbox = Outbox<(envelope: Envelope, peer: Peer)>(synced: .zero)
  private var journal: JournalWriter<AgentRecord>
  private var memory: [JobEpoch: JobMemory] = [:]
  /// What is under way for each job, by a number of its own.
  private var underway: [JobEpoch: [Int: Task<Void, Never>]] = [:]
  private var lastAction = 0
  /// Jobs whose memory is on its way back.
  private var freeing: [JobEpoch: Task<Void, Never>] = [:]
  private var partials: [Digest: VerifiedPartial] = [:]
  private var timer: Task<Void, Never>?
  private var failure: (any Error)?

  private let configuration: AgentConfiguration
  private let images: [ImageID: Image]
  private let board: any Board
  private let storage: any ImageSource
  private let transport: any Transport
  private let store: any DurableStore
  private let time: any TimeSource
  private let exchange: Exchange
  private let desk: BlobDesk
  private let verification = DispatchQueue(label: "agent-verification")
  private let observer: (any CoreObserver<AgentCore>)?
  private let log: Logger

  /// Makes an agent whose `storage` gives the bytes of partials; an `observer` is told of every event and its actions, in order.
  public init(
    _ configuration: AgentConfiguration, board: any Board, storage: any ImageSource, transport: any Transport,
    store: any DurableStore, codec: any RecordCodec<AgentRecord>, time: any TimeSource,
    observer: (any CoreObserver<AgentCore>)? = nil, log: Logger
  ) {
    self.core = AgentCore(configuration)
    self.journal = JournalWriter(store: store, codec: codec)
    self.configuration = configuration
    self.images = Dictionary(configuration.images.map { ($0.id, $0) }) { first, _ in first }
    self.board = board
    self.storage = storage
    self.transport = transport
    self.store = store
    self.time = time
    self.exchange = Exchange(over: transport, time: time, firstRequest: configuration.incarnation.rawValue)
    self.desk = BlobDesk(store: store, time: time)
    self.observer = observer
    self.log = log
  }

  /// Recovers from the journal, then takes what arrives until the transport ends.
  ///
  /// - Throws: what made the agent stop: a failed store, or a defect of its own. Never for what a peer sent.
  public func run() async throws {
    let (writer, records) = try await journal.recovered()
    journal = writer
    outbox = Outbox(synced: journal.lastNumber)
    observer?.started(configuration, recovered: records)
    for record in records { try core.apply(record) }
    take(.started)
    for await inbound in transport.inbound {
      if exchange.take(inbound.envelope, from: inbound.peer) { continue }
      if let answer = await desk.answer(inbound.envelope.message, from: inbound.peer) {
        send(Envelope(answer, request: inbound.envelope.request), to: inbound.peer)
      } else {
        take(.received(inbound.envelope, from: inbound.peer))
      }
    }
    await end()
    if let failure { throw failure }
  }

  /// Ends the agent in order: nothing new is taken, the journal is synced, and ``run()`` returns.
  public func shutdown() async {
    log.info("shutting down")
    await transport.close()
  }

  private func end() async {
    timer?.cancel()
    for tasks in underway.values { for task in tasks.values { task.cancel() } }
    do { try await journal.sync() } catch { failure = failure ?? error }
  }

  // MARK: Events and actions

  private func take(_ event: AgentEvent) {
    guard failure == nil else { return }
    let now = time.now
    do { try core.handle(event, at: now, into: &actions) } catch { return fail(error) }
    let asked = actions.drain()
    observer?.handled(event, at: now, actions: asked)
    if case .synced(let number) = event {
      for (envelope, peer) in outbox.release(through: number) { send(envelope, to: peer) }
    }
    for action in asked { perform(action) }
  }

  /// A failure of the store or a defect: stop, so that the next start recovers from the journal.
  private func fail(_ error: any Error) {
    guard failure == nil else { return }
    failure = error
    log.critical("stopping", metadata: ["error": "\(error)"])
    Task { await transport.close() }
  }

  private func perform(_ action: AgentAction) {
    switch action {
    case .persist(let record, let number): persist(record, as: number)
    case .send(let envelope, let peer, let number):
      if let (envelope, peer) = outbox.submit((envelope, peer), after: number) { send(envelope, to: peer) }
    case .wake(let deadline): wake(at: deadline)
    case .readHealth: Task { take(.health(await board.health())) }
    case .allocate(let execution, let rings): begin(execution) { await $0.allocate(execution, rings) }
    case .adopt(let execution, let former): adopt(execution, from: former)
    case .free(let execution): free(execution)
    case .restore(let execution, let items): begin(execution) { await $0.restore(execution, items) }
    case .load(let execution, let place, let blob): begin(execution) { await $0.load(execution, place, blob) }
    case .store(let execution, let place, let count): begin(execution) { await $0.store(execution, place, count) }
    case .save(let execution, let items): begin(execution) { await $0.save(execution, items) }
    case .deliver(let execution, let items, let endpoint):
      begin(execution) { await $0.deliver(execution, items, to: endpoint) }
    case .fetch(let partial): Task { await fetch(partial) }
    case .evict(let digest): partials[digest] = nil
    case .write(let slot, let digest): Task { await write(slot, digest) }
    case .launch(let slot, let launch): Task { take(.launched(slot, await run(launch, in: slot))) }
    case .abort(let slot): board.abort(slot)
    }
  }

  private func send(_ envelope: Envelope, to peer: Peer) {
    do { try transport.send(envelope, to: peer) } catch {
      // The protocol repeats whatever matters.
      log.debug("message not sent", metadata: ["message": "\(envelope.message.name)", "error": "\(error)"])
    }
  }

  private func persist(_ record: AgentRecord, as number: SequenceNumber) {
    do { try journal.append(record, as: number) } catch { return fail(error) }
    guard journal.beginSync() else { return }
    Task {
      while let target = journal.syncTarget {
        do { try await store.sync(through: target) } catch { return fail(error) }
        journal.synced(through: target)
        take(.synced(target))
      }
    }
  }

  private func wake(at deadline: Deadline) {
    timer?.cancel()
    timer = Task {
      do { try await time.sleep(until: deadline) } catch { return }
      if !Task.isCancelled { take(.woke) }
    }
  }

  // MARK: Slots

  private func fetch(_ partial: PartialReference) async {
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
  private func verify(_ bytes: [UInt8], _ partial: PartialReference) async throws -> VerifiedPartial {
    let frames = board.descriptor[partial.slot]?.frames ?? []
    let verifier = PartialVerifier(part: board.descriptor.part, region: frames)
    return try await withCheckedThrowingContinuation { caller in
      verification.async {
        caller.resume(with: Result { try verifier.verify(bytes, digest: partial.digest) })
      }
    }
  }

  private func write(_ slot: SlotID, _ digest: Digest) async {
    guard let partial = partials[digest] else { return fail(DriverDefect.partialNotInMemory(digest)) }
    do throws(BoardError) {
      try await board.configure(slot, with: partial)
      take(.written(slot, nil))
    } catch {
      log.error("configuration failed", metadata: ["slot": "\(slot)", "error": "\(error)"])
      take(.written(slot, error))
    }
  }

  private func run(_ launch: Launch, in slot: SlotID) async -> LaunchResult {
    let registers = images[launch.image]?.arguments ?? []
    let arguments = launch.arguments.compactMap { argument -> BufferArgument? in
      guard let registers = registers.first(where: { $0.name == argument.name }),
        let buffer = memory[launch.execution]?.buffer(argument.edge, argument.ringIndex)
      else { return nil }
      return BufferArgument(registers: registers, buffer: buffer, byteCount: argument.byteCount)
    }
    do throws(BoardError) {
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

  // MARK: A job's bytes

  /// Starts a long action of a job, which ends with the job's memory at the latest.
  private func begin(_ execution: JobEpoch, _ action: @escaping @Sendable (isolated Agent) async -> Void) {
    lastAction += 1
    let number = lastAction
    underway[execution, default: [:]][number] = Task {
      await action(self)
      underway[execution]?[number] = nil
    }
  }

  /// What was kept for a job under a former epoch is now kept under this one.
  private func adopt(_ execution: JobEpoch, from former: JobEpoch) {
    memory[execution] = memory.removeValue(forKey: former)
    underway[former] = nil
  }

  /// Ends what is under way for a job, then gives its memory back.
  private func free(_ execution: JobEpoch) {
    let tasks = underway.removeValue(forKey: execution) ?? [:]
    for task in tasks.values { task.cancel() }
    freeing[execution] = Task {
      for task in tasks.values { await task.value }
      if let freed = memory.removeValue(forKey: execution) { await board.free(freed.buffers) }
      freeing[execution] = nil
    }
  }

  private func allocate(_ execution: JobEpoch, _ rings: [Ring]) async {
    // The same reservation may be dropped and announced again.
    await freeing[execution]?.value
    var reserved = JobMemory()
    do throws(BoardError) {
      for ring in rings {
        for _ in 0..<ring.capacity {
          reserved.append(try await board.allocate(ring.byteCount, for: execution.job), to: ring.edge)
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

  private func load(_ execution: JobEpoch, _ place: RingItem, _ blob: BlobReference) async {
    let outcome: Outcome<Int>? = await outcome {
      let bytes = try await self.untilAnswered {
        try await self.exchange.download(blob, from: .dialed(endpoint: self.configuration.brokerEndpoint))
      }
      try await self.board.write(bytes, to: try self.buffer(execution, place))
      return bytes.count
    }
    if let outcome { take(.loaded(execution, item: place.item, outcome)) }
  }

  private func store(_ execution: JobEpoch, _ place: RingItem, _ byteCount: Int) async {
    let outcome: Outcome<BlobReference>? = await outcome {
      let bytes = try await self.board.read(byteCount, from: try self.buffer(execution, place))
      let blob = try await self.store.put(bytes)
      try await self.untilAnswered {
        try await self.exchange.upload(
          bytes, blob, to: .dialed(endpoint: self.configuration.brokerEndpoint))
      }
      return blob
    }
    if let outcome { take(.stored(execution, item: place.item, outcome)) }
  }

  private func save(_ execution: JobEpoch, _ items: [SavedRingItem]) async {
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

  private func deliver(_ execution: JobEpoch, _ items: [SavedItem], to endpoint: String) async {
    let outcome: Outcome<Nothing>? = await outcome {
      for item in items {
        try await self.exchange.upload(
          try await self.bytes(of: item.blob), item.blob, to: .dialed(endpoint: endpoint))
      }
      return Nothing()
    }
    if let outcome { take(.delivered(execution, outcome)) }
  }

  private func restore(_ execution: JobEpoch, _ items: [SavedItem]) async {
    let outcome: Outcome<Nothing>? = await outcome {
      for item in items {
        let place = RingItem(edge: item.edge, item: item.item, ringIndex: item.item)
        try await self.board.write(try await self.bytes(of: item.blob), to: try self.buffer(execution, place))
      }
      return Nothing()
    }
    if let outcome { take(.restored(execution, outcome)) }
  }

  private func bytes(of blob: BlobReference) async throws -> [UInt8] {
    guard let bytes = try await store.read(blob.digest, from: 0, count: blob.byteCount), bytes.count == blob.byteCount
    else { throw StoreError.corrupt("the blob \(blob.digest) is not there") }
    return bytes
  }

  private func buffer(_ execution: JobEpoch, _ place: RingItem) throws -> BufferID {
    guard let buffer = memory[execution]?.buffer(place.edge, place.ringIndex) else {
      throw DriverDefect.noRing(execution, place.edge)
    }
    return buffer
  }

  /// The broker may be away for a while: ask until it answers, or the job is given up.
  private func untilAnswered<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
      do { return try await body() } catch TransferError.noAnswer { try Task.checkCancellation() }
    }
  }

  /// How a long action ended; nil where it was cancelled, so that nobody waits for its event.
  private func outcome<Value>(_ body: () async throws -> Value) async -> Outcome<Value>? {
    do { return .success(try await body()) } catch {
      return Task.isCancelled ? nil : .failure(.about(error))
    }
  }
}
