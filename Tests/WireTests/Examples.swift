import Digests
import Fabric
import Messages

/// One example of every message, with every optional field set in one and absent in another.
///
/// Each case names the example that follows, so that a new case does not compile until it has one.
func example(after message: Message?) throws -> Message? {
  guard let message else { return .submit(Submit(idempotencyKey: "key-1", request: try Sample.request())) }
  let job = JobID(rawValue: 17)
  switch message {
  case .submit: return .statusQuery(StatusQuery(job: job))
  case .statusQuery: return .outputsQuery(job)
  case .outputsQuery: return .cancel(JobID(rawValue: .max))
  case .cancel: return .migrate(MigrateRequest(job: job, destination: try Sample.board()))
  case .migrate: return .boardsQuery
  case .boardsQuery:
    return .resetSlot(SlotReset(idempotencyKey: "key-2", board: try Sample.board(), slot: SlotID(rawValue: 1)))
  case .resetSlot: return .submitted(job)
  case .submitted: return .status([try Sample.status(), try Sample.queued()])
  case .status:
    return .outputs(JobOutputs(job: job, state: .running, items: 2, results: [Sample.blob("a")]))
  case .outputs: return .accepted(job)
  case .accepted: return .boards([try Sample.boardStatus()])
  case .boards:
    return .resetStatus(ResetStatus(board: try Sample.board(), slot: SlotID(rawValue: 1), isDone: true))
  case .resetStatus: return .putBlob(Sample.chunk)
  case .putBlob:
    return .blobAck(BlobAck(digest: Digest(of: [1]), received: Limits.blobByteCount, isDurable: true))
  case .blobAck:
    return .getBlob(BlobRange(digest: Digest(of: [1]), offset: 0, count: MessageLimits.chunkByteCount))
  case .getBlob: return .blob(Sample.chunk)
  case .blob: return .register(try Sample.registration())
  case .register: return .heartbeat(try Sample.heartbeat())
  case .heartbeat: return .progress(try Sample.held(.stopping))
  case .progress: return .itemFinished(Sample.finished)
  case .itemFinished: return .prepared(JobEpoch(job: job, epoch: Epoch(rawValue: 3)))
  case .prepared: return .declined(Declined(job: job, epoch: .none, reason: Sample.refusal))
  case .declined:
    return .stopped(
      Stopped(
        job: job, epoch: Epoch(rawValue: 3), checkpoint: try Sample.checkpoint(), isDelivered: true,
        drainDuration: .milliseconds(1500)))
  case .stopped: return .handBack(HandBack(job: job, epoch: Epoch(rawValue: 3), cause: .job, reason: Sample.refusal))
  case .handBack:
    return .resetEnded(
      ResetEnd(idempotencyKey: "key-2", slot: SlotID(rawValue: 1), refusal: Sample.refusal))
  case .resetEnded(let end) where end.refusal != nil:
    return .resetEnded(ResetEnd(idempotencyKey: "key-2", slot: SlotID(rawValue: 63), refusal: nil))
  case .resetEnded:
    return .welcome(
      Welcome(leaseDuration: .seconds(4), jobs: [JobEpoch(job: job, epoch: Epoch(rawValue: UInt64(Int64.max)))]))
  case .welcome: return .unknownAgent
  case .unknownAgent: return .heartbeatAck(number: .max)
  case .heartbeatAck: return .assign(try Sample.assignment())
  case .assign: return .committed(Committed(job: job, epoch: Epoch(rawValue: 3), through: Limits.itemsPerBatch))
  case .committed: return .blobMissing(Sample.finished)
  case .blobMissing: return .prepare(try Sample.assignment())
  case .prepare:
    return .stop(
      StopOrder(
        job: job, epoch: Epoch(rawValue: 3), destination: try Sample.board(), endpoint: "tcp://127.0.0.1:7442"))
  case .stop: return .release(JobEpoch(job: job, epoch: Epoch(rawValue: 3)))
  case .release:
    return .reset(
      ResetOrder(idempotencyKey: "key-2", incarnation: Incarnation(rawValue: .max), slot: SlotID(rawValue: 1)))
  case .reset: return .refused(Sample.refusal)
  case .refused: return nil
  }
}

/// All examples, in the order of the cases.
func allExamples() throws -> [Message] {
  var examples: [Message] = []
  while let next = try example(after: examples.last) { examples.append(next) }
  return examples
}

/// The values that the examples are made of.
enum Sample {
  static let chunk = BlobChunk(blob: BlobReference(digest: Digest(of: [1]), byteCount: 4), offset: 1, bytes: [7, 8])
  static let finished = ItemFinished(
    job: JobID(rawValue: 17), epoch: Epoch(rawValue: 3), item: Limits.itemsPerBatch - 1, result: blob("result"))
  static let refusal = Refusal(code: "sample.refused", message: "3 is more than 2, naïvely", hint: "ask for less")

  static func blob(_ text: String) -> BlobReference {
    BlobReference(digest: Digest(of: Array(text.utf8)), byteCount: text.utf8.count)
  }

  static func board() throws -> BoardID { try named("board-a") }

  static func application() throws -> Application {
    let text = """
      {"schema":1,"name":"copy","tasks":[{"name":"first","kernel":"tessera/copy@1","estimatedMicrosecondsPerItem":5,\
      "measuredMicrosecondsPerItem":6}],"edges":[{"name":"in","to":["first.input"],"maximumByteCount":16},\
      {"name":"out","from":"first.output","maximumByteCount":16}]}
      """
    return try Application(manifest: Array(text.utf8))
  }

  static func descriptor() throws -> BoardDescriptor {
    let text = """
      {"schema":1,"model":"small","part":{"name":"small","device":"0x05F5B0FF","rows":2,"columns":[4]},\
      "shell":{"name":"two","layout":"onlyLittle","slots":[{"kind":"little","rows":[0]},{"kind":"little","rows":[1]}]},\
      "memoryByteCount":1024,"configurationPort":{"bytesPerSecond":40},"storage":{"bytesPerSecond":10}}
      """
    return try BoardDescriptor(manifest: Array(text.utf8))
  }

  static func image() throws -> Image {
    let zeros = String(repeating: "0", count: 64)
    let text = """
      {"schema":1,"name":"copy","function":{"kernel":"tessera/copy@1"},"model":"small","shell":"\(zeros)",\
      "slotKind":"little","microsecondsPerLaunch":5,"arguments":[{"name":"input","direction":"input",\
      "addressOffset":16,"byteCountOffset":24},{"name":"output","direction":"output","addressOffset":32,\
      "byteCountOffset":40}],"partials":[{"slot":0,"sha256":"\(zeros)","byteCount":9}]}
      """
    return try Image(manifest: Array(text.utf8))
  }

  static func request(priority: Int = 5, inputs: Int = 2) throws -> JobRequest {
    JobRequest(
      application: try application(), inputs: Array(repeating: blob("input"), count: inputs), priority: priority,
      tenant: try named("tenant-1"))
  }

  static func progress(_ finished: Int = 1) throws -> Progress { Progress(of: try application(), finished: finished) }

  static func checkpoint() throws -> Checkpoint {
    Checkpoint(
      progress: try progress(), items: [SavedItem(edge: try named("out"), item: 1, blob: blob("saved"))])
  }

  static func held(_ phase: HeldJob.Phase) throws -> HeldJob {
    HeldJob(
      job: JobID(rawValue: 17), epoch: Epoch(rawValue: 3), phase: phase, progress: try progress(), committed: 1)
  }

  static func status() throws -> JobStatus {
    JobStatus(
      job: JobID(rawValue: 17), state: .failed, board: try board(), application: "copy", epoch: Epoch(rawValue: 3),
      items: 2, committed: 1, progress: try progress(), reason: refusal)
  }

  static func queued() throws -> JobStatus {
    JobStatus(
      job: JobID(rawValue: 18), state: .queued, board: nil, application: "copy", epoch: .none, items: 2, committed: 0,
      progress: try progress(0), reason: nil)
  }

  static let quarantine = QuarantineReason(
    code: "board.portFault", message: "the port refused the image", attempts: 3, since: TimeOfDay(nanoseconds: 5))

  static let slots = [
    SlotStatus(slot: SlotID(rawValue: 0), kind: .little, state: .empty),
    SlotStatus(slot: SlotID(rawValue: 1), kind: .big, state: .running, image: "copy", job: JobID(rawValue: 17)),
    SlotStatus(slot: SlotID(rawValue: 2), kind: .little, state: .quarantined, quarantine: quarantine),
  ]

  static let configurations = [
    ConfigurationEntry(
      number: 1, slot: SlotID(rawValue: 1), image: "copy", job: JobID(rawValue: 17),
      supply: .joined(PartialSupply.Wait(fetch: .nanoseconds(7), verification: .nanoseconds(2))),
      requested: BoardInstant(nanoseconds: 0), began: BoardInstant(nanoseconds: 10),
      ended: BoardInstant(nanoseconds: 2_000_000_000), failure: nil),
    ConfigurationEntry(
      number: 2, slot: SlotID(rawValue: 0), image: "copy", job: nil, supply: .hit,
      requested: BoardInstant(nanoseconds: 3), began: BoardInstant(nanoseconds: 4),
      ended: BoardInstant(nanoseconds: 5), failure: "board.portFault"),
    ConfigurationEntry(
      number: 3, slot: SlotID(rawValue: 0), image: "copy", job: nil, supply: .cold(.none),
      requested: BoardInstant(nanoseconds: 6), began: BoardInstant(nanoseconds: 8),
      ended: BoardInstant(nanoseconds: 9), failure: nil),
  ]

  static let health = BoardHealth(configurationCount: 2, portErrorCount: 1, overrunCount: 0)

  static func boardStatus() throws -> BoardStatus {
    BoardStatus(
      board: try board(), model: "small", layout: .bigLittle, shell: ShellID(rawValue: Digest(of: [2])), state: .lost,
      incarnation: Incarnation(rawValue: .max), speed: 0.5, jobs: [JobID(rawValue: 17)], slots: slots, health: health,
      configurations: configurations)
  }

  static func registration() throws -> Registration {
    Registration(
      board: try board(), incarnation: Incarnation(rawValue: 9), endpoint: "tcp://127.0.0.1:7441",
      descriptor: try descriptor(), images: [try image()], speed: 100, jobs: [try held(.sealed)],
      slots: slots)
  }

  static func heartbeat() throws -> Heartbeat {
    Heartbeat(
      number: 12, board: try board(), incarnation: Incarnation(rawValue: 9), jobs: [try held(.running)], slots: slots,
      health: health, configurations: configurations)
  }

  static func assignment() throws -> Assignment {
    Assignment(
      job: JobID(rawValue: 17), epoch: Epoch(rawValue: 3), incarnation: Incarnation(rawValue: 9),
      request: try request(), images: [ImageID(rawValue: Digest(of: [3]))], checkpoint: try checkpoint(), committed: 1)
  }

  private struct BadName: Error { let text: String }

  static func named<Kind: Name>(_ text: String) throws -> Kind {
    guard let name = Kind(text) else { throw BadName(text: text) }
    return name
  }
}
