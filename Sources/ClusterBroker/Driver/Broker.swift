public import Fabric
public import Logging
public import Messages
internal import Transfer

/// The broker as a process: it owns the core, turns what happens into its events and carries its actions out.
public actor Broker {
  /// For how long ``shutdown()`` waits for the disk.
  private static let shutdownSyncDuration = Duration.seconds(5)

  private let transport: any Transport
  private let store: any DurableStore
  private let codec: any RecordCodec<BrokerRecord>
  private let time: any TimeSource
  private let observer: (any CoreObserver<BrokerCore>)?
  private let logger: Logger
  private let desk: BlobDesk

  private var core: BrokerCore
  private var actions = Actions<BrokerAction>()
  private var outbox = Outbox<(envelope: Envelope, peer: Peer)>(synced: .zero)
  private var blobQueue = BlobQueue()
  private var alarms: [Clock: Alarm] = [:]
  private var lastAppended = SequenceNumber.zero
  private var syncing: Task<Void, Never>?
  /// Whether messages are no longer taken.
  private var isStopping = false
  private var failure: (any Error)?

  private enum Clock { case board, wall }

  private struct Alarm {
    let deadline: Deadline
    let task: Task<Void, Never>
  }

  /// Makes a broker over its surroundings; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - configuration: Its times and limits.
  ///   - transport: Carries messages; closed by ``shutdown()``.
  ///   - store: The journal, of this broker alone, and the blobs.
  ///   - codec: Turns records into the journal's bytes.
  ///   - time: Its clocks.
  ///   - observer: Sees every event and action, so that a run can be replayed.
  ///   - logger: Takes decisions at `info`, lost messages at `debug`.
  public init(
    configuration: BrokerConfiguration = BrokerConfiguration(), transport: any Transport, store: any DurableStore,
    codec: any RecordCodec<BrokerRecord>, time: any TimeSource, observer: (any CoreObserver<BrokerCore>)? = nil,
    logger: Logger
  ) {
    self.transport = transport
    self.store = store
    self.codec = codec
    self.time = time
    self.observer = observer
    self.logger = logger
    self.desk = BlobDesk(store: store, time: time)
    self.core = BrokerCore(configuration)
  }

  /// Recovers from the store, then serves until the transport ends.
  ///
  /// - Throws: ``Fabric/StoreError`` when the store fails, and ``BrokerError/recordOutOfPlace(_:_:)`` for a damaged journal or a defect; never for
  ///   what a peer sent.
  public func run() async throws {
    do {
      try await recover()
      for await inbound in transport.inbound where !isStopping && failure == nil { try take(inbound) }
    } catch {
      fail(error)
    }
    cancelAlarms()
    guard let failure else { return }
    await transport.close()
    throw failure
  }

  /// Ends the broker in order: no more messages are taken, what was decided becomes durable and is answered, the transport is closed.
  public func shutdown() async {
    isStopping = true
    cancelAlarms()
    if let syncing { await wait(for: syncing, atMost: Self.shutdownSyncDuration) }
    await transport.close()
  }

  // MARK: Events

  private func recover() async throws {
    let records = try await store.records().map { bytes in try codec.decode(bytes) }
    for record in records { try core.apply(record) }
    lastAppended = core.ledger.last
    outbox = Outbox(synced: lastAppended)
    observer?.started(core.configuration, recovered: records)
    try handle(.started(blobs: try await store.blobs()))
    logger.info("broker started", metadata: ["records": "\(records.count)", "open jobs": "\(core.ledger.open.count)"])
  }

  private func take(_ inbound: Inbound) throws {
    switch inbound.envelope.message {
    case .putBlob, .getBlob:
      if blobQueue.add(inbound.envelope, from: inbound.peer) {
        serveBlobs()
      } else {
        let refusal = Refusal(TransferError.deskFull(blobs: blobQueue.count, byteCount: 0))
        send(Envelope(.refused(refusal), request: inbound.envelope.request), to: inbound.peer)
      }
    default: try handle(.received(inbound.envelope, from: inbound.peer))
    }
  }

  private func handle(_ event: BrokerEvent) throws {
    let now = time.now
    try core.handle(event, at: now, into: &actions)
    let asked = actions.drain()
    observer?.handled(event, at: now, actions: asked)
    for action in asked { try perform(action) }
  }

  /// Handles an event that a task of the broker's own brings; what goes wrong ends ``run()``.
  private func bring(_ event: BrokerEvent) {
    guard failure == nil else { return }
    do { try handle(event) } catch { fail(error) }
  }

  private func fail(_ error: any Error) {
    guard failure == nil else { return }
    failure = error
    logger.critical("broker stops", metadata: ["error": "\(error)"])
    let transport = transport
    Task { await transport.close() }
  }

  // MARK: Actions

  private func perform(_ action: BrokerAction) throws {
    switch action {
    case .persist(let record, let number):
      try store.append(try codec.encode(record), as: number)
      lastAppended = number
      logger.info("decided", metadata: record.metadata)
      sync()
    case .send(let envelope, let peer, let number):
      if let ready = outbox.submit((envelope, peer), after: number) { send(ready.envelope, to: ready.peer) }
    case .wake(let deadline): wake(at: deadline)
    }
  }

  private func send(_ envelope: Envelope, to peer: Peer) {
    do {
      try transport.send(envelope, to: peer)
    } catch {
      let metadata: Logger.Metadata = ["message": "\(envelope.message.name)", "error": "\(error)"]
      logger.debug("message not sent", metadata: metadata)
      // Whoever waits for an answer learns that it can never come.
      if case .tooLarge = error, envelope.request != 0 {
        try? transport.send(Envelope(.refused(Refusal(error)), request: envelope.request), to: peer)
      }
    }
  }

  /// Makes the journal durable in the background, everything that waits in one go.
  private func sync() {
    guard syncing == nil else { return }
    syncing = Task {
      while failure == nil {
        let target = lastAppended
        do { try await store.sync(through: target) } catch { return fail(error) }
        bring(.synced(target))
        for (envelope, peer) in outbox.release(through: target) { send(envelope, to: peer) }
        if lastAppended == target { break }
      }
      syncing = nil
    }
  }

  private func wake(at deadline: Deadline) {
    let clock: Clock =
      switch deadline {
      case .board: .board
      case .wall: .wall
      }
    if let pending = alarms[clock], pending.deadline.nanoseconds <= deadline.nanoseconds { return }
    alarms[clock]?.task.cancel()
    guard !isStopping else { return }
    let time = time
    let task = Task {
      guard (try? await time.sleep(until: deadline)) != nil, !Task.isCancelled else { return }
      alarms[clock] = nil
      bring(.woke)
    }
    alarms[clock] = Alarm(deadline: deadline, task: task)
  }

  private func cancelAlarms() {
    for alarm in alarms.values { alarm.task.cancel() }
    alarms = [:]
  }

  // MARK: Blobs

  private func serveBlobs() {
    while let (envelope, peer) = blobQueue.next() {
      Task {
        let answer = await desk.answer(envelope.message, from: peer)
        // The core knows of a blob before its sender knows that it is durable.
        if case .putBlob(let chunk) = envelope.message, case .blobAck(let ack)? = answer, ack.isDurable {
          bring(.blobStored(chunk.blob))
        }
        if let answer { send(Envelope(answer, request: envelope.request), to: peer) }
        blobQueue.finish(peer)
        serveBlobs()
      }
    }
  }

  // MARK: Waiting

  private func wait(for task: Task<Void, Never>, atMost duration: Duration) async {
    let (ended, end) = AsyncStream<Never>.makeStream()
    let time = time
    let deadline = Deadline.wall(time.now.wall + duration)
    let waiting = Task {
      await task.value
      end.finish()
    }
    let limit = Task {
      try? await time.sleep(until: deadline)
      end.finish()
    }
    for await _ in ended {}
    limit.cancel()
    waiting.cancel()
  }
}

extension Deadline {
  fileprivate var nanoseconds: Int64 {
    switch self {
    case .board(let instant): instant.nanoseconds
    case .wall(let instant): instant.nanoseconds
    }
  }
}
