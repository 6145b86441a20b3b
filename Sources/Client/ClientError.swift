public import Fabric
public import Messages
public import Transfer

/// Why something asked of the broker did not come about.
public enum ClientError: TesseraError, Hashable, Codable {
  /// Nobody answers at the broker's endpoint.
  case noBroker(endpoint: String, waited: Duration)
  /// The broker refused, for the reason that it gave.
  case refused(Refusal)
  case transfer(TransferError)
  case cancelled
  case emptyBatch
  case batchTooLarge(items: Int, limit: Int)
  /// A key that is empty, or longer than a message may carry.
  case badIdempotencyKey(byteCount: Int, limit: Int)
  /// An item has more bytes than the application's input edge takes.
  case itemTooLarge(item: String, byteCount: Int, limit: Int)
  /// The results are asked for before the job has ended.
  case jobUnfinished(JobID, JobState, committed: Int, items: Int)
  case jobFailed(JobID, Refusal)
  case jobCancelled(JobID)
  case unknownBoard(BoardID)
  /// The slot may still be reset after this.
  case resetUnfinished(BoardID, SlotID, waited: Duration)

  public var code: String {
    switch self {
    case .noBroker: "client.noBroker"
    case .refused(let refusal): refusal.code
    case .transfer(let error): error.code
    case .cancelled: "client.cancelled"
    case .emptyBatch: "client.emptyBatch"
    case .batchTooLarge: "client.batchTooLarge"
    case .badIdempotencyKey: "client.badIdempotencyKey"
    case .itemTooLarge: "client.itemTooLarge"
    case .jobUnfinished: "client.jobUnfinished"
    case .jobFailed: "client.jobFailed"
    case .jobCancelled: "client.jobCancelled"
    case .unknownBoard: "client.unknownBoard"
    case .resetUnfinished: "client.resetUnfinished"
    }
  }

  public var message: String {
    switch self {
    case .noBroker(let endpoint, let waited):
      "no broker answered at \(endpoint) within \(waited.components.seconds) seconds"
    case .refused(let refusal): refusal.message
    case .transfer(let error): error.message
    case .cancelled: "the request was given up"
    case .emptyBatch: "the batch has no items, at least 1 is needed"
    case .batchTooLarge(let items, let limit): "the batch has \(items) items, the limit is \(limit)"
    case .badIdempotencyKey(let byteCount, let limit):
      "the idempotency key has \(byteCount) bytes, not 1 to \(limit)"
    case .itemTooLarge(let item, let byteCount, let limit):
      "\(item) has \(byteCount) bytes, the application takes items of at most \(limit)"
    case .jobUnfinished(let job, let state, let committed, let items):
      "job \(job) is \(state.rawValue), with \(committed) of \(items) results"
    case .jobFailed(let job, let reason): "job \(job) failed: \(reason.code): \(reason.message)"
    case .jobCancelled(let job): "job \(job) was cancelled"
    case .unknownBoard(let board): "no agent has registered the board \(board)"
    case .resetUnfinished(let board, let slot, let waited):
      "slot \(slot) of \(board) was not reset within \(waited.components.seconds) seconds"
    }
  }

  public var hint: String {
    switch self {
    case .noBroker: "start one with 'tessera broker', or name its endpoint with --broker or TESSERA_BROKER"
    case .refused(let refusal): refusal.hint
    case .transfer(let error): error.hint
    case .cancelled: "ask again"
    case .emptyBatch: "give an input for each item of the batch"
    case .batchTooLarge: "split the batch into several jobs"
    case .badIdempotencyKey: "choose a shorter key that is not empty, or give none"
    case .itemTooLarge: "cut the item into smaller ones"
    case .jobUnfinished(let job, _, _, _): "wait for its end with 'tessera watch \(job)'"
    case .jobFailed(_, let reason): reason.hint
    case .jobCancelled: "submit it again to run it"
    case .unknownBoard: "see 'tessera board list' for the boards"
    case .resetUnfinished: "see 'tessera slot list' whether it is done, and reset it again"
    }
  }
}
