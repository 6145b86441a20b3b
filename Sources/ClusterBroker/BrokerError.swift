public import Digests
public import Fabric

/// Why the broker refuses a request, or cannot go on.
public enum BrokerError: TesseraError, Hashable, Codable {
  case unknownJob(JobID)
  case jobEnded(JobID, JobEnd)
  case notRunning(JobID)
  case alreadyMigrating(JobID, to: BoardID)
  case alreadyThere(JobID, BoardID)
  case unknownBoard(BoardID)
  /// The board's agent is not heard of.
  case boardLost(BoardID)
  case unknownSlot(BoardID, SlotID, slotCount: Int)
  case boardNotFeasible(JobID, BoardID, Infeasibility)
  /// The destination of a migration was not ready in time.
  case notPrepared(JobID, BoardID, after: Duration)
  /// The destination of a migration did not get what the source saved, or was lost meanwhile.
  case notHandedOver(JobID, to: BoardID)
  /// Some of the inputs were not put before; the first digests are listed.
  case missingInputs(count: Int, first: [Digest])
  /// No registered board has an image for a kernel.
  case noImage(KernelName)
  /// A registered board has an image for a kernel, none with the arguments that the application connects.
  case wrongArguments(ArgumentMismatch)
  /// The job's rings need more memory than any known board has.
  case noMemory(needed: Int, largest: Int)
  /// No registered board can run the job, but the broker was restarted and agents may still register again.
  case starting
  case badRequest(String)
  case idempotencyConflict(key: String, job: JobID)
  case queueFull(limit: Int)
  /// Too many records wait for the disk.
  case busy(limit: Int)
  case boardNameTaken(BoardID)
  case tooManyBoards(limit: Int)
  case badRegistration(BoardID, String)
  /// A sealed job's checkpoint does not fit the job.
  case badCheckpoint(JobID, String)
  case attemptsExhausted(JobID, attempts: Int, last: Refusal)
  /// A message that no client or agent sends to a broker.
  case unexpectedMessage(String)
  /// A record that does not follow from those before it: a damaged journal, or a defect.
  case recordOutOfPlace(SequenceNumber, String)

  public var code: String {
    switch self {
    case .unknownJob: "broker.unknownJob"
    case .jobEnded: "broker.jobEnded"
    case .notRunning: "broker.notRunning"
    case .alreadyMigrating: "broker.alreadyMigrating"
    case .alreadyThere: "broker.alreadyThere"
    case .unknownBoard: "broker.unknownBoard"
    case .boardLost: "broker.boardLost"
    case .unknownSlot: "broker.unknownSlot"
    case .boardNotFeasible: "broker.boardNotFeasible"
    case .notPrepared: "broker.notPrepared"
    case .notHandedOver: "broker.notHandedOver"
    case .missingInputs: "broker.missingInputs"
    case .noImage: "broker.noImage"
    case .wrongArguments: "broker.wrongArguments"
    case .noMemory: "broker.noMemory"
    case .starting: "broker.starting"
    case .badRequest: "broker.badRequest"
    case .idempotencyConflict: "broker.idempotencyConflict"
    case .queueFull: "broker.queueFull"
    case .busy: "broker.busy"
    case .boardNameTaken: "broker.boardNameTaken"
    case .tooManyBoards: "broker.tooManyBoards"
    case .badRegistration: "broker.badRegistration"
    case .badCheckpoint: "broker.badCheckpoint"
    case .attemptsExhausted: "broker.attemptsExhausted"
    case .unexpectedMessage: "broker.unexpectedMessage"
    case .recordOutOfPlace: "broker.recordOutOfPlace"
    }
  }

  public var message: String {
    switch self {
    case .unknownJob(let job): "there is no job \(job)"
    case .jobEnded(let job, let end): "job \(job) has ended: \(end.word)"
    case .notRunning(let job): "job \(job) waits in the queue, so there is nothing to move"
    case .alreadyMigrating(let job, let board): "job \(job) is already on its way to \(board)"
    case .alreadyThere(let job, let board): "job \(job) is on \(board) already"
    case .unknownBoard(let board): "no agent has registered the board \(board)"
    case .boardLost(let board): "the agent of \(board) is not heard of"
    case .unknownSlot(let board, let slot, let count): "\(board) has no slot \(slot): it has \(count), numbered from 0"
    case .boardNotFeasible(let job, let board, let reason): "\(board) cannot take job \(job): \(reason.sentence)"
    case .notPrepared(let job, let board, let duration):
      "\(board) was not ready for job \(job) after \(duration), so it stays where it is"
    case .notHandedOver(let job, let board):
      "\(board) could not take over what was saved of job \(job), so it goes on where it was"
    case .missingInputs(let count, let first):
      "\(count) inputs are not at the broker: \(first.map(\.hexadecimal).joined(separator: ", "))\(count > first.count ? ", ..." : "")"
    case .noImage(let kernel): "no registered board has an image for the kernel \(kernel)"
    case .wrongArguments(let mismatch): mismatch.sentence
    case .noMemory(let needed, let largest):
      "the job needs \(needed) bytes of board memory, the largest board has \(largest)"
    case .starting: "the broker was restarted, and no agent that has registered again since can run the job"
    case .badRequest(let reason): reason
    case .idempotencyConflict(let key, let job):
      "the idempotency key '\(key)' was used for job \(job), which is another request"
    case .queueFull(let limit): "the limit of \(limit) open jobs is reached"
    case .busy(let limit): "\(limit) records wait for the broker's disk"
    case .boardNameTaken(let board): "another agent that is online serves a board named \(board)"
    case .tooManyBoards(let limit): "the limit of \(limit) boards is reached"
    case .badRegistration(let board, let reason): "the registration of \(board) is refused: \(reason)"
    case .badCheckpoint(let job, let reason): "the checkpoint of job \(job) is refused: \(reason)"
    case .attemptsExhausted(let job, let attempts, let last):
      "\(attempts) attempts to run job \(job) failed on its boards, the last one for \(last.code): \(last.message)"
    case .unexpectedMessage(let name): "a broker takes no '\(name)'"
    case .recordOutOfPlace(let number, let reason): "record \(number.rawValue) does not follow: \(reason)"
    }
  }

  public var hint: String {
    switch self {
    case .unknownJob: "see 'tessera status' for the jobs that the broker keeps"
    case .jobEnded: "submit it again to run it again"
    case .notRunning: "wait until a board runs it"
    case .alreadyMigrating: "wait until the migration is over"
    case .alreadyThere: "name another board"
    case .unknownBoard: "see 'tessera board list' for the boards"
    case .boardLost: "start its agent again, or check the way to it"
    case .unknownSlot: "see 'tessera slot list' for the slots"
    case .boardNotFeasible: "name a board that has room and the images, see 'tessera board list'"
    case .notPrepared: "see 'tessera board list' for the board, and move the job again or to another one"
    case .notHandedOver: "check that the agents reach each other's endpoints, and move the job again"
    case .missingInputs: "put the inputs before the job is submitted"
    case .noImage: "start an agent whose images cover the application's kernels"
    case .wrongArguments: "correct the application's edges, or build images with these arguments"
    case .noMemory: "submit fewer items at once, or start an agent whose board has more memory"
    case .starting: "try again in a few seconds"
    case .badRequest: "correct the request"
    case .idempotencyConflict: "use another key for another request"
    case .queueFull, .busy: "try again when some jobs have ended"
    case .boardNameTaken: "give each board a name of its own"
    case .tooManyBoards: "stop an agent, or run a second broker"
    case .badRegistration: "correct the agent's board descriptor or its images"
    case .badCheckpoint: "this is a defect of the agent; please report it with its log"
    case .attemptsExhausted(_, _, let last): last.hint
    case .unexpectedMessage: "check that both programs are of the same release"
    case .recordOutOfPlace: "restore the state folder from a backup, and report this with the broker's log"
    }
  }
}

extension JobEnd {
  /// The end in one word.
  fileprivate var word: String {
    switch self {
    case .completed: "completed"
    case .failed: "failed"
    case .cancelled: "cancelled"
    }
  }
}
