internal import BoardAgent
internal import Bitstream
internal import Client
internal import ClusterBroker
internal import ClusterSimulator
internal import Digests
internal import Fabric
internal import Messages
internal import Migration
internal import Reconfig
internal import SlotAllocator
internal import SoftFPGA
internal import Store
internal import Transfer
internal import Wire

/// One of every error that a user can see, room by room; what stands in their messages is of no account.
enum ErrorCatalogue {
  struct Room {
    let title: String
    let errors: [any TesseraError]
  }

  static var rooms: [Room] {
    [
      Room(title: "Command line", errors: commandLine), Room(title: "Client", errors: client + unknownBoard),
      Room(title: "Manifests and descriptors", errors: manifests), Room(title: "Broker", errors: broker),
      Room(title: "Agent", errors: agent), Room(title: "Boards", errors: board),
      Room(title: "Images and keys", errors: images),
      Room(title: "Bitstreams", errors: bitstreams), Room(title: "SoftFPGA", errors: softFPGA),
      Room(title: "Transfers of bytes", errors: transfer), Room(title: "Transport", errors: transport),
      Room(title: "Messages on the wire", errors: wire), Room(title: "Store", errors: store),
      Room(title: "Audit logs", errors: audit),
      Room(title: "Recordings", errors: replay), Room(title: "Traces and catalogues", errors: traces + catalogues),
      Room(title: "Simulation", errors: simulation + cluster), Room(title: "Defects", errors: defects),
    ]
  }

  private static let job = JobID(rawValue: 7)
  private static let slot = SlotID(rawValue: 0)
  private static let digest = Digest(of: [])
  private static let shell = ShellID(rawValue: digest)
  private static let image = ImageID(rawValue: digest)
  private static let key = SigningKey().publicKey
  private static let partial = PartialReference(slot: slot, digest: digest, byteCount: 1)
  private static let reason = Refusal(code: "", message: "", hint: "see the reason that it names")

  private static let commandLine: [CommandError] = [
    .missingFile(""), .unreadableFile("", reason: ""), .notAFile(""), .fileTooLarge("", byteCount: 2, limit: 1),
    .cannotCreate("", reason: ""), .badName(""), .noBoard(manifest: "", model: "", shell: shell),
    .partialMismatch(manifest: "", expected: partial, found: partial), .noImages("", model: "", shell: shell),
    .noUsableImages("", count: 1, first: reason), .cannotRun("", model: "", shell: shell),
    .tooManyImages(count: 2, limit: 1), .shutdownTimedOut, .outputFailed(reason: ""),
  ]

  private static let client: [ClientError] = [
    .noBroker(endpoint: "", waited: .zero), .cancelled, .emptyBatch, .batchTooLarge(items: 2, limit: 1),
    .badIdempotencyKey(byteCount: 0, limit: 1), .itemTooLarge(item: "", byteCount: 2, limit: 1),
    .jobUnfinished(job, .running, committed: 0, items: 1),
    .jobFailed(job, reason), .jobCancelled(job),
  ]

  private static let unknownBoard =
    BoardID("lab-1").map { [ClientError.unknownBoard($0), .resetUnfinished($0, slot, waited: .zero)] } ?? []

  private static let manifests: [ManifestError] = [
    .tooLarge, .notJSON, .unsupportedSchema, .missingKey, .unknownKey, .wrongType, .outOfRange, .duplicateName,
    .unknownName, .cycle, .badShape,
  ].map { (fault: ManifestError.Fault) in ManifestError(fault, at: ".", "") }

  private static var broker: [any TesseraError] {
    guard let board = BoardID("lab-1"), let kernel = KernelName("tessera/dct@1") else { return [] }
    let errors: [BrokerError] = [
      .unknownJob(job), .jobEnded(job, .completed), .notRunning(job), .alreadyMigrating(job, to: board),
      .alreadyThere(job, board), .unknownBoard(board), .boardNotFeasible(job, board, .lost),
      .missingInputs(count: 1, first: []), .noImage(kernel), .badRequest(""), .idempotencyConflict(key: "", job: job),
      .queueFull(limit: 1), .busy(limit: 1), .boardNameTaken(board), .tooManyBoards(limit: 1),
      .badRegistration(board, ""), .badCheckpoint(job, ""), .attemptsExhausted(job, attempts: 3, last: reason),
      .unexpectedMessage(""), .recordOutOfPlace(.zero, ""), .starting, .noMemory(needed: 2, largest: 1),
      .notPrepared(job, board, after: .zero), .notHandedOver(job, to: board), .boardLost(board),
      .unknownSlot(board, slot, slotCount: 1),
    ]
    let wrongArguments = Refusal(
      code: "broker.wrongArguments", message: "",
      hint: "correct the application's edges, or build images with these arguments")
    return errors + [wrongArguments]
  }

  /// Said by an agent to the broker only, as the reason of a job that went back or failed, or of a reset that was refused.
  private static let agent = [
    Refusal(code: "agent.noImage", message: "", hint: "build the images and give the agent their folder"),
    Refusal(code: "agent.tooManyJobs", message: "", hint: "wait until a job ends"),
    Refusal(
      code: "agent.noSlotLeft", message: "", hint: "reset the board's slots, or run the job on another board"),
    Refusal(
      code: "agent.executionLost", message: "", hint: "nothing is to be done: the broker gives the job out again"),
    Refusal(
      code: "agent.notQuarantined", message: "", hint: "nothing is to be done; see 'tessera slot list'"),
    Refusal(
      code: "agent.resetFailed", message: "",
      hint: "try again; if it goes on, the board has to be loaded anew or replaced"),
  ]

  private static let board: [BoardError] = [
    .aborted(slot), .unknownSlot(slot, slotCount: 1), .slotDecoupled(slot), .slotBusy(slot),
    .portBusy(slot, writing: slot), .partialDoesNotFit(slot, expected: [], found: []),
    .relocationFailed(slot, from: slot, .crcMissing(wordOffset: 0)),
    .portFault(slot, .crcMissing(wordOffset: 0)), .crcError(slot, []), .idError(slot, []),
    .portTimedOut(slot, after: .zero, []), .recoupleFault(slot, []), .deviceStopped(slot, []),
    .outOfMemory(requestedByteCount: 2, freeByteCount: 1),
    .unknownBuffer(BufferID(rawValue: 0)), .bufferTooSmall(BufferID(rawValue: 0), byteCount: 1, neededByteCount: 2),
    .unknownKernel(slot, ""), .kernelFault(slot, ""),
  ]

  private static let imageSources: [ImageSourceError] = [
    .missing(digest), .wrongByteCount(digest, expected: 1, found: 2), .unreadable(digest, ""),
  ]

  private static var images: [any TesseraError] { imageSources + imageRefusals + imageStores }

  private static var imageRefusals: [ImageRefusal] {
    guard let publisher = PublisherName("lab") else { return [] }
    return [
      .otherModel(image: "", board: ""), .otherShell(image: shell, board: shell), .noSuchSlots(.big),
      .wrongSlot(slot, needed: .little, found: nil), .notRelocatable(slot, from: slot), .unsigned(image),
      .untrustedKey(key), .publisherOutOfScope(publisher, key: key, allowed: []),
      .slotKindOutOfScope(.big, key: key, allowed: []), .badSignature(image, key: key),
    ]
  }

  private static let imageStores: [ImageStoreError] = [
    .noStore(""), .unknownImage("", found: 0), .changed("", expected: "", found: ""), .tooManyImages(limit: 1),
    .unavailable(""), .unknownKey(key), .tooManyKeys(limit: 1), .keyMissing(""), .keyExists(""),
    .keyNotMade("", reason: ""), .keyUnreadable("", reason: ""),
    .keyExposed("", permissions: ""), .keyMalformed(""),
  ]

  private static let bitstreams: [BitstreamError] = bitstreamErrors + xclbins

  private static let xclbins = XclbinFault.allCases.map { BitstreamError.malformedXclbin($0, "", byteOffset: 0) }

  private static let bitstreamErrors: [BitstreamError] = [
    .tooLarge(byteCount: 2, limit: 1), .digestMismatch(expected: digest, actual: digest),
    .malformedPacket("", wordOffset: 0), .noSyncWord(searchedWordCount: 0),
    .ambiguousWordOrder(bigEndianWordOffset: 0, littleEndianWordOffset: 1), .unfinished("", wordCount: 0),
    .notPartial(design: ""), .wrongPart(expected: "", actual: ""),
    .wrongDevice(expected: DeviceID(rawValue: 0), actual: DeviceID(rawValue: 0)), .deviceNotNamed(wordOffset: 0),
    .writeNotEnabled(wordOffset: 0), .frameAddressUnknown(nil, wordOffset: 0),
    .frameOutsideRegion(frames: 0..<1, region: []), .regionNotCovered(missing: []),
    .padNotZero(word: 1, wordOffset: 0), .crcMismatch(CRCCheck(wordOffset: 0, stored: 0, computed: 1)),
    .crcMissing(wordOffset: 0), .forbidden("", wordOffset: 0), .encrypted("", wordOffset: 0),
    .notCanonical("", wordOffset: nil), .regionsDiffer(from: "", to: ""), .invalidPart(""), .invalidContent(""),
  ]

  private static let softFPGA: [SoftFPGAError] = [
    .notAKernelFrame(firstWord: 0), .unsupportedFrameVersion(found: 2, supported: 1),
    .frameChecksumMismatch(stored: 0, computed: 1), .malformedFrame(""), .unfitImage(""),
    .unknownSlot(slot, slotCount: 1), .unwritablePartial(.invalidContent("")), .badFault("", ""),
    .badFaultPlan(""),
  ]

  private static let transfer: [any TesseraError] =
    transferErrors + [
      Refusal(code: "transfer.failed", message: "", hint: "see the daemon's log")
    ]

  private static let transferErrors: [TransferError] = [
    .noAnswer(.dialed(endpoint: ""), attempts: 1, transport: nil), .cancelled, .tooManyRequests(limit: 1),
    .unexpectedAnswer(expected: "", found: ""), .noProgress(digest, received: 0, byteCount: 1),
    .blobTooLarge(byteCount: 2, limit: 1), .wrongByteCount(digest, expected: 1, found: 2),
    .digestMismatch(expected: digest, found: digest), .badRange(offset: 0, count: 2, limit: 1), .blobMissing(digest),
    .deskFull,
  ]

  private static let transport: [TransportError] = [
    .tooLarge(byteCount: 2, limit: 1), .unreachable(""), .queueFull(limit: 1), .notLoopback(""), .addressInUse(""),
    .badEndpoint(""), .closed, .unavailable(""),
  ]

  private static let wire: [WireError] = [
    .tooLarge(byteCount: 2, limit: 1), .wrongFrameCount(2), .malformed(""),
    .unsupportedVersion(found: 2, supported: 1), .unknownMessage, .missingField(""),
    .outOfRange(field: "", found: "", allowed: ""), .badManifest(field: "", ManifestError(.cycle, at: ".", "")),
  ]

  private static let store: [StoreError] = [
    .full(limit: 1), .backlogFull(limit: 1), .blobTooLarge(byteCount: 2, limit: 1), .corrupt(""),
    .outOfOrder(found: .zero, expected: .zero.next), .newerVersion(found: 2, supported: 1), .locked(""),
    .unavailable(""),
  ]

  private static let audit: [AuditError] = [
    .malformed(line: 1, ""), .outOfOrder(line: 2, expected: 2, found: 3),
    .chainBroken(line: 2, expected: digest, found: digest), .torn(byteCount: 1),
  ]

  private static let replay: [ReplayError] = [
    .unreadable(line: 1, ""), .diverged(line: 1, recorded: "", replayed: ""),
  ]

  private static let traces: [TraceError] = [
    .tooLarge(byteCount: 2, limit: 1), .empty, .tooManyRows(limit: 1), .tooManyApplications(line: 2, limit: 1),
    .badHeader(found: ""), .wrongColumnCount(line: 2, found: 1), .badValue(line: 2, column: .batch, found: ""),
  ]

  private static let catalogues: [CatalogueError] = [
    .unknownLoadClass("", known: []), .tooFewApplications(found: 1, jobsPerSequence: 2),
  ]

  private static let simulation: [SimulationError] = [
    .unknownApplication("", known: []), .notCovered(application: "", board: ""), .notPublished(policy: ""),
    .publishedCatalogue(board: ""),
  ]

  private static let cluster: [ClusterError] = [
    .badConfiguration(""), .badWorkload(""), .stalled(open: 1, after: .zero),
  ]

  private static let defects: [any TesseraError] = [
    Refusal(code: "agent.defect", message: "", hint: "this is a defect of the agent; please report it with its log"),
    Refusal(code: "agent.noPartial", message: "", hint: "this is a defect of the agent; please report it with its log"),
    SchedulingError.notConfiguring(slot), SchedulingError.notRunning(slot),
    SimulationError.standstill(policy: "", open: 1),
    SimulationError.noProgress(policy: "", open: 1, at: BoardInstant(nanoseconds: 0)),
    ClusterError.unexpectedAction(""),
    ConfigurationError.unknownSlot(slot, slotCount: 1), ConfigurationError.slotAtPort(slot),
    ConfigurationError.slotQuarantined(slot), ConfigurationError.notReading(digest),
    ConfigurationError.notBlanking(slot), ConfigurationError.notWriting(slot), MigrationError.unexpected("", in: ""),
  ]
}
