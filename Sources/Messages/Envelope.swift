public import Fabric

/// One message as it travels, with the number that ties a reply to its request.
public struct Envelope: Sendable, Hashable, Codable {
  /// The version of the protocol that this program speaks; a message of another is refused by name.
  public static let protocolVersion: UInt32 = 1

  /// The sender's number of a request, copied into its reply; 0 where no reply is tied to it.
  public var request: UInt64
  public var message: Message

  public init(_ message: Message, request: UInt64 = 0) {
    self.request = request
    self.message = message
  }
}

/// The other end of a connection.
public enum Peer: Sendable, Hashable, Codable {
  /// Whoever listens at an endpoint that this process dialled.
  case dialed(endpoint: String)
  /// Whoever dialled this process, by the transport's own token for the connection.
  case accepted(connection: [UInt8])
}

/// What is said between clients, the broker and agents.
public enum Message: Sendable, Hashable, Codable {
  // Client to broker.
  case submit(Submit)
  case statusQuery(StatusQuery)
  case outputsQuery(JobID)
  case cancel(JobID)
  case migrate(MigrateRequest)
  case boardsQuery
  case resetSlot(SlotReset)
  // Broker to client.
  case submitted(JobID)
  case status([JobStatus])
  case outputs(JobOutputs)
  /// A cancellation or a migration was taken up.
  case accepted(JobID)
  case boards([BoardStatus])
  case resetStatus(ResetStatus)

  // Blobs, between any two.
  case putBlob(BlobChunk)
  case blobAck(BlobAck)
  case getBlob(BlobRange)
  case blob(BlobChunk)

  // Agent to broker.
  case register(Registration)
  case heartbeat(Heartbeat)
  case progress(HeldJob)
  case itemFinished(ItemFinished)
  case prepared(JobEpoch)
  case declined(Declined)
  case stopped(Stopped)
  case handBack(HandBack)
  case resetEnded(ResetEnd)
  // Broker to agent.
  case welcome(Welcome)
  /// The broker does not know the sender: register again.
  case unknownAgent
  case heartbeatAck(number: UInt64)
  case assign(Assignment)
  case committed(Committed)
  /// A result was reported whose bytes the broker does not have.
  case blobMissing(ItemFinished)
  case prepare(Assignment)
  case stop(StopOrder)
  /// Forget the job up to and with this epoch.
  case release(JobEpoch)
  case reset(ResetOrder)

  /// A request was refused; to anybody.
  case refused(Refusal)

  /// The message's stable name, as it stands in logs.
  public var name: String {
    switch self {
    case .submit: "submit"
    case .statusQuery: "statusQuery"
    case .outputsQuery: "outputsQuery"
    case .cancel: "cancel"
    case .migrate: "migrate"
    case .boardsQuery: "boardsQuery"
    case .resetSlot: "resetSlot"
    case .submitted: "submitted"
    case .status: "status"
    case .outputs: "outputs"
    case .accepted: "accepted"
    case .boards: "boards"
    case .resetStatus: "resetStatus"
    case .putBlob: "putBlob"
    case .blobAck: "blobAck"
    case .getBlob: "getBlob"
    case .blob: "blob"
    case .register: "register"
    case .heartbeat: "heartbeat"
    case .progress: "progress"
    case .itemFinished: "itemFinished"
    case .prepared: "prepared"
    case .declined: "declined"
    case .stopped: "stopped"
    case .handBack: "handBack"
    case .resetEnded: "resetEnded"
    case .welcome: "welcome"
    case .unknownAgent: "unknownAgent"
    case .heartbeatAck: "heartbeatAck"
    case .assign: "assign"
    case .committed: "committed"
    case .blobMissing: "blobMissing"
    case .prepare: "prepare"
    case .stop: "stop"
    case .release: "release"
    case .reset: "reset"
    case .refused: "refused"
    }
  }
}
