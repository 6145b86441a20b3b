internal import Bitstream
internal import Dispatch
public import Fabric
public import Logging
public import Messages
internal import Transfer

/// Drives an ``AgentCore`` over a board, a transport and a store.
///
/// Handling an event and handing out its actions never suspends; what takes long is a task whose end is an event.
public actor Agent {
  let configuration: AgentConfiguration
  let images: [ImageID: Image]
  let board: any Board
  let storage: any ImageSource
  let store: any DurableStore
  private let auditLog: any AuditLog
  let exchange: Exchange
  let verification = DispatchQueue(label: "agent-verification")
  let log: Logger
  private let transport: any Transport
  let time: any TimeSource
  private let desk: BlobDesk

  private var core: ObservedCore<AgentCore>
  private var outbox = Outbox<HeldEffect>(synced: .zero)
  private var journal: JournalWriter<AgentRecord>
  /// One for each clock.
  private var (wallAlarm, boardAlarm) = (Alarm(), Alarm())
  private var blobQueue = BlobQueue()
  /// Set when nothing new shall be begun: by a shutdown, or by a failure.
  private var isStopping = false
  private var failure: (any Error)?

  /// The partials in memory, which the core keeps the books of.
  var partials: [BuiltPartial: VerifiedPartial] = [:]
  /// Slots whose launch was aborted before it had reached the board.
  var abortedSlots: Set<SlotID> = []
  var memory: [JobEpoch: JobMemory] = [:]
  /// What is under way for each job, by a number of its own.
  var underway: [JobEpoch: [Int: Task<Void, Never>]] = [:]
  var lastAction = 0
  /// Jobs whose memory is on its way back.
  var freeing: [JobEpoch: Freeing] = [:]

  /// Makes an agent whose `storage` gives the bytes of partials; an `observer` is told of every event and its actions.
  public init(
    _ configuration: AgentConfiguration, board: any Board, storage: any ImageSource, transport: any Transport,
    store: any DurableStore, codec: any RecordCodec<AgentRecord>, auditLog: any AuditLog, time: any TimeSource,
    observer: (any CoreObserver<AgentCore>)? = nil, log: Logger
  ) {
    self.core = ObservedCore(configuration, observer: observer)
    self.journal = JournalWriter(store: store, codec: codec)
    self.configuration = configuration
    self.images = Dictionary(configuration.images.map { ($0.id, $0) }) { first, _ in first }
    self.board = board
    self.storage = storage
    self.transport = transport
    self.store = store
    self.auditLog = auditLog
    self.time = time
    self.exchange = Exchange(over: transport, time: time, firstRequest: configuration.incarnation.rawValue)
    self.desk = BlobDesk(store: store, time: time)
    self.log = log
  }

  /// Recovers from the journal, then takes what arrives until the transport ends.
  ///
  /// - Throws: what made the agent stop: a failed store, or a defect of its own. Never for what a peer sent.
  public func run() async throws {
    let (writer, records) = try await journal.recovered()
    journal = writer
    outbox = Outbox(synced: journal.lastNumber)
    try core.recover(records)
    take(.started)
    for await inbound in transport.inbound { take(inbound) }
    await end()
    if let failure { throw failure }
  }

  /// Ends the agent in order: nothing new is taken, the journal is synced, and ``run()`` returns.
  public func shutdown() async {
    log.info("shutting down")
    isStopping = true
    await transport.close()
  }

  private func end() async {
    isStopping = true
    wallAlarm.cancel()
    boardAlarm.cancel()
    for tasks in underway.values { for task in tasks.values { task.cancel() } }
    while let last = freeing.first?.value { await last.task.value }
    do { try await journal.sync() } catch { return failure = failure ?? error }
    // What was said to others is said again by the next start; this is not.
    for case .audit(let event) in outbox.release(through: journal.lastNumber) { audit(event) }
  }

  // MARK: Events

  private func take(_ inbound: Inbound) {
    if exchange.take(inbound.envelope, from: inbound.peer) { return }
    switch inbound.envelope.message {
    case .putBlob, .getBlob:
      if blobQueue.add(inbound.envelope, from: inbound.peer) {
        serveBlobs()
      } else {
        let refusal = Refusal(TransferError.deskFull)
        send(Envelope(.refused(refusal), request: inbound.envelope.request), to: inbound.peer)
      }
    case .refused(let refusal):
      log.error("refused by a peer", metadata: ["reason": "\(refusal)"])
    default: take(.received(inbound.envelope, from: inbound.peer))
    }
  }

  func take(_ event: AgentEvent) {
    guard !isStopping else { return }
    let asked: [AgentAction]
    do { asked = try core.handle(event, at: time.now) } catch { return fail(error) }
    if case .synced(let number) = event {
      for effect in outbox.release(through: number) { perform(effect) }
    }
    for action in asked {
      perform(action)
      // What comes after it may rest on it.
      if failure != nil { return }
    }
  }

  /// A failure of the store or a defect: stop, so that the next start recovers from the journal.
  func fail(_ error: any Error) {
    guard failure == nil else { return }
    failure = error
    isStopping = true
    log.critical("stopping", metadata: ["error": "\(error)"])
    Task { await transport.close() }
  }

  // MARK: Actions

  private func perform(_ action: AgentAction) {
    switch action {
    case .persist(let record, let number): persist(record, as: number)
    case .send(let envelope, let peer, let number): submit(.send(envelope, peer), after: number)
    case .audit(let event, let number): submit(.audit(event), after: number)
    case .wake(let deadline):
      switch deadline {
      case .wall: wallAlarm.set(deadline, on: time) { await self.take(.woke) }
      case .board: boardAlarm.set(deadline, on: time) { await self.take(.woke) }
      }
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
    case .evict(let partial): partials[partial] = nil
    case .blank(let slot): Task { await blank(slot) }
    case .write(let partial): Task { await write(partial) }
    case .launch(let slot, let launch):
      abortedSlots.remove(slot)
      Task { take(.launched(slot, await run(launch, in: slot))) }
    case .abort(let slot):
      abortedSlots.insert(slot)
      board.abort(slot)
    }
  }

  /// What waits for a record.
  private enum HeldEffect: Sendable {
    case send(Envelope, Peer)
    case audit(AuditEvent)
  }

  private func submit(_ effect: HeldEffect, after number: SequenceNumber) {
    switch outbox.submit(effect, after: number) {
    case .release(let effect): perform(effect)
    case .held: break
    case .dropped:
      switch effect {
      case .send(let envelope, _):
        log.warning("message dropped", metadata: ["message": "\(envelope.message.name)"])
      // Told too early rather than never.
      case .audit(let event): audit(event)
      }
    }
  }

  private func perform(_ effect: HeldEffect) {
    switch effect {
    case .send(let envelope, let peer): send(envelope, to: peer)
    case .audit(let event): audit(event)
    }
  }

  /// Nothing goes on that cannot be accounted for.
  func audit(_ event: AuditEvent) {
    do { try auditLog.append(event) } catch { fail(error) }
  }

  private func send(_ envelope: Envelope, to peer: Peer) {
    do { try transport.send(envelope, to: peer) } catch {
      let metadata: Logger.Metadata = ["message": "\(envelope.message.name)", "error": "\(error)"]
      // The protocol repeats whatever matters; what is too large stays so.
      if case .tooLarge = error {
        log.error("message not sent", metadata: metadata)
      } else {
        log.debug("message not sent", metadata: metadata)
      }
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

  private func serveBlobs() {
    while let (envelope, peer) = blobQueue.next() {
      Task {
        if let answer = await desk.answer(envelope.message, from: peer) {
          send(Envelope(answer, request: envelope.request), to: peer)
        }
        blobQueue.finish(peer)
        serveBlobs()
      }
    }
  }
}
