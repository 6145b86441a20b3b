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
  private let time: any TimeSource
  private let logger: Logger
  private let desk: BlobDesk

  private var core: ObservedCore<BrokerCore>
  private var outbox = Outbox<(envelope: Envelope, peer: Peer)>(synced: .zero)
  private var journal: JournalWriter<BrokerRecord>
  private var alarm = Alarm()
  private var blobQueue = BlobQueue()
  private var syncing: Task<Void, Never>?
  /// Set when nothing new shall be taken: by a shutdown, or by a failure.
  private var isStopping = false
  private var failure: (any Error)?

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
    self.time = time
    self.logger = logger
    self.desk = BlobDesk(store: store, time: time)
    self.core = ObservedCore(configuration, observer: observer)
    self.journal = JournalWriter(store: store, codec: codec)
  }

  /// Recovers from the store, then serves until the transport ends.
  ///
  /// - Throws: ``Fabric/StoreError`` when the store fails, and ``BrokerError/recordOutOfPlace(_:_:)`` for a damaged journal or a defect; never for
  ///   what a peer sent.
  public func run() async throws {
    defer { alarm.cancel() }
    try await recover()
    for await inbound in transport.inbound where !isStopping { take(inbound) }
    if let failure { throw failure }
  }

  /// Ends the broker in order: no more messages are taken, what was decided becomes durable and is answered, the transport is closed.
  public func shutdown() async {
    isStopping = true
    alarm.cancel()
    if let syncing { await wait(for: syncing, atMost: Self.shutdownSyncDuration) }
    await transport.close()
  }

  // MARK: Events

  private func recover() async throws {
    let (writer, records) = try await journal.recovered()
    journal = writer
    outbox = Outbox(synced: journal.lastNumber)
    try core.recover(records)
    handle(.started(blobs: try await store.blobs()))
    logger.info(
      "broker started",
      metadata: ["records": "\(records.count)", "open jobs": "\(core.core.ledger.openCount)"])
  }

  private func take(_ inbound: Inbound) {
    switch inbound.envelope.message {
    case .putBlob, .getBlob:
      if blobQueue.add(inbound.envelope, from: inbound.peer) {
        serveBlobs()
      } else {
        let refusal = Refusal(TransferError.deskFull)
        send(Envelope(.refused(refusal), request: inbound.envelope.request), to: inbound.peer)
      }
    default: handle(.received(inbound.envelope, from: inbound.peer))
    }
  }

  private func handle(_ event: BrokerEvent) {
    guard failure == nil else { return }
    do {
      for action in try core.handle(event, at: time.now) { try perform(action) }
    } catch { fail(error) }
  }

  private func fail(_ error: any Error) {
    guard failure == nil else { return }
    failure = error
    isStopping = true
    logger.critical("broker stops", metadata: ["error": "\(error)"])
    let transport = transport
    Task { await transport.close() }
  }

  // MARK: Actions

  private func perform(_ action: BrokerAction) throws {
    switch action {
    case .persist(let record, let number):
      try journal.append(record, as: number)
      logger.info("decided", metadata: record.metadata)
      sync()
    case .send(let envelope, let peer, let number):
      switch outbox.submit((envelope, peer), after: number) {
      case .release(let (envelope, peer)): send(envelope, to: peer)
      case .held: break
      case .dropped: logger.warning("message dropped", metadata: ["message": "\(envelope.message.name)"])
      }
    case .wake(let deadline):
      if !isStopping { alarm.set(deadline, on: time) { await self.handle(.woke) } }
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
    guard journal.beginSync() else { return }
    syncing = Task {
      while failure == nil, let target = journal.syncTarget {
        do { try await store.sync(through: target) } catch { return fail(error) }
        journal.synced(through: target)
        handle(.synced(target))
        for (envelope, peer) in outbox.release(through: target) { send(envelope, to: peer) }
      }
      syncing = nil
    }
  }

  // MARK: Blobs

  private func serveBlobs() {
    while let (envelope, peer) = blobQueue.next() {
      Task {
        let answer = await desk.answer(envelope.message, from: peer)
        // The core knows of a blob before its sender knows that it is durable.
        if case .putBlob(let chunk) = envelope.message, case .blobAck(let ack)? = answer, ack.isDurable {
          handle(.blobStored(chunk.blob))
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
