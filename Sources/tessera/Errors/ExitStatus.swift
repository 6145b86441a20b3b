/// What the process's exit code says; from 64 on the numbers of sysexits.h (4.3BSD).
enum ExitStatus: Int32, CaseIterable {
  /// The job ended otherwise than completed.
  case jobEnded = 1
  /// The command line is wrong.
  case usage = 64
  /// A file's content, or a request, is refused.
  case badData = 65
  /// What was named is not there: an input file, a job, a board.
  case missing = 66
  /// No broker answers, or no board can do what is asked.
  case unavailable = 69
  /// A defect of this program.
  case defect = 70
  /// A file or folder cannot be made.
  case cannotCreate = 73
  /// Reading or writing failed.
  case inputOutput = 74
  /// A limit is reached, or something is in use: try again later.
  case tryAgain = 75
  /// It is not permitted.
  case notPermitted = 77
  /// A state folder or a daemon's set-up does not fit this program.
  case configuration = 78

  /// What the exit code means, in one line.
  var meaning: String {
    switch self {
    case .jobEnded: "the job failed, was cancelled, or has ended"
    case .usage: "the command line is wrong"
    case .badData: "a file's content or a request is refused"
    case .missing: "what was named is not there: an input file, a job, a board"
    case .unavailable: "no broker answers, or no board can do what is asked"
    case .defect: "a defect of this program"
    case .cannotCreate: "a file or folder cannot be made"
    case .inputOutput: "reading or writing failed"
    case .tryAgain: "a limit is reached, or something is in use: try again later"
    case .notPermitted: "not permitted"
    case .configuration: "a daemon's set-up or state does not fit"
    }
  }

  /// The exit code of an error, by the error's stable code.
  init(of code: String) {
    let room = String(code.prefix { $0 != "." })
    self = Self.byCode[code] ?? Self.byRoom[room] ?? .defect
  }

  /// What holds for the errors of a room, unless ``byCode`` names another; a room that is not listed reports defects.
  private static let byRoom: [String: ExitStatus] = [
    "manifest": .badData, "bitstream": .badData, "softfpga": .badData, "image": .badData, "wire": .badData,
    "broker": .badData, "board": .badData, "client": .badData, "agent": .unavailable, "replay": .badData,
    "transport": .unavailable, "transfer": .inputOutput, "store": .inputOutput, "cli": .badData,
    "trace": .badData, "key": .badData, "catalogue": .badData, "audit": .badData, "simulation": .badData,
    "cluster": .badData,
  ]

  private static let byCode: [String: ExitStatus] = [
    "client.jobFailed": .jobEnded, "client.jobCancelled": .jobEnded, "broker.jobEnded": .jobEnded,

    "client.emptyBatch": .usage, "client.badIdempotencyKey": .usage,
    "transport.badEndpoint": .usage, "broker.alreadyThere": .usage, "cli.badName": .usage,
    "simulation.notPublished": .usage, "simulation.publishedCatalogue": .usage, "cluster.badConfiguration": .usage,
    "softfpga.badFault": .usage, "softfpga.badFaultPlan": .usage,

    "cli.missingFile": .missing, "image.missing": .missing, "broker.unknownJob": .missing,
    "broker.unknownBoard": .missing, "client.unknownBoard": .missing, "broker.unknownSlot": .missing,
    "transfer.blobMissing": .missing,
    "cli.noBoard": .missing, "image.noStore": .missing, "image.unknown": .missing, "key.missing": .missing,
    "key.unknown": .missing,

    "client.noBroker": .unavailable, "transfer.noAnswer": .unavailable, "broker.noImage": .unavailable,
    "broker.boardNotFeasible": .unavailable, "broker.boardLost": .unavailable, "broker.noMemory": .unavailable,
    "broker.attemptsExhausted": .unavailable,

    "simulation.notCovered": .unavailable, "cli.cannotRun": .unavailable,

    "agent.defect": .defect, "broker.recordOutOfPlace": .defect, "replay.diverged": .defect,
    "store.outOfOrder": .defect, "simulation.standstill": .defect, "simulation.noProgress": .defect,
    "cluster.unexpectedAction": .defect,

    "cli.cannotCreate": .cannotCreate, "key.exists": .cannotCreate, "key.notMade": .cannotCreate,

    "cli.unreadableFile": .inputOutput, "image.unreadable": .inputOutput, "cli.shutdownTimedOut": .inputOutput,
    "cli.outputFailed": .inputOutput, "image.storeUnavailable": .inputOutput, "key.unreadable": .inputOutput,

    "client.jobUnfinished": .tryAgain, "client.cancelled": .tryAgain, "client.resetUnfinished": .tryAgain,
    "broker.notRunning": .tryAgain,
    "broker.alreadyMigrating": .tryAgain, "broker.queueFull": .tryAgain, "broker.busy": .tryAgain,
    "broker.starting": .tryAgain, "broker.notPrepared": .tryAgain, "broker.notHandedOver": .tryAgain,
    "broker.tooManyBoards": .tryAgain, "agent.tooManyJobs": .tryAgain, "board.outOfMemory": .tryAgain,
    "transfer.deskFull": .tryAgain, "transfer.tooManyRequests": .tryAgain, "transfer.noProgress": .tryAgain,
    "transfer.cancelled": .tryAgain, "transport.queueFull": .tryAgain,
    "transport.addressInUse": .tryAgain, "store.full": .tryAgain, "store.backlogFull": .tryAgain,
    "store.locked": .tryAgain, "image.storeFull": .tryAgain, "key.tooMany": .tryAgain,

    "transfer.blobTooLarge": .badData, "transfer.badRange": .badData, "transfer.unexpectedAnswer": .badData,
    "transfer.digestMismatch": .badData, "transfer.wrongByteCount": .badData, "transport.tooLarge": .badData,
    "store.blobTooLarge": .badData,

    "transport.notLoopback": .notPermitted, "image.unsigned": .notPermitted, "image.untrustedKey": .notPermitted,
    "image.publisherOutOfScope": .notPermitted, "image.slotKindOutOfScope": .notPermitted,
    "image.badSignature": .notPermitted, "key.exposed": .notPermitted,

    "store.newerVersion": .configuration, "broker.boardNameTaken": .configuration, "cli.noImages": .configuration,
    "cli.noUsableImages": .configuration,
    "cli.tooManyImages": .configuration,
  ]
}
