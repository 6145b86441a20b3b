internal import Digests
package import Fabric
package import Messages
internal import Synchronization

/// The broker's side of an agent's only connection, played within the process: it takes in, serves inputs and commits results.
package final class ScriptedBroker: Transport {
  package static let endpoint = "tcp://127.0.0.1:1"
  private struct State {
    var inputs: [Digest: [UInt8]] = [:]
    var blobs: [Digest: [UInt8]] = [:]
    var results: [JobID: [BlobReference]] = [:]
    var heard: [Message] = []
    var owned: [JobEpoch] = []
  }
  private let state = Mutex(State())
  private let continuation: AsyncStream<Inbound>.Continuation
  package let inbound: AsyncStream<Inbound>
  private let heardContinuation: AsyncStream<Message>.Continuation
  /// What the agent says, as it says it.
  package let heard: AsyncStream<Message>

  package init(inputs: [[UInt8]]) {
    (inbound, continuation) = AsyncStream.makeStream(of: Inbound.self)
    (heard, heardContinuation) = AsyncStream.makeStream(of: Message.self)
    state.withLock { for input in inputs { $0.inputs[Digest(of: input)] = input } }
  }

  /// The results that were committed for a job, in order.
  package func results(of job: JobID) -> [[UInt8]] {
    state.withLock { state in (state.results[job] ?? []).compactMap { state.blobs[$0.digest] } }
  }

  package func say(_ message: Message, request: UInt64 = 0) {
    if case .assign(let assignment) = message {
      state.withLock { $0.owned.append(JobEpoch(job: assignment.job, epoch: assignment.epoch)) }
    }
    continuation.yield(
      Inbound(peer: .dialed(endpoint: Self.endpoint), envelope: Envelope(message, request: request)))
  }

  package func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) {
    if let answer = state.withLock({ Self.answer(envelope.message, &$0) }) { say(answer, request: envelope.request) }
    heardContinuation.yield(envelope.message)
  }

  @concurrent package func close() async {
    continuation.finish()
    heardContinuation.finish()
  }

  private static func answer(_ message: Message, _ state: inout State) -> Message? {
    switch message {
    case .register: return .welcome(Welcome(leaseDuration: .seconds(3600), jobs: state.owned))
    case .heartbeat(let heartbeat): return .heartbeatAck(number: heartbeat.number)
    case .getBlob(let range):
      guard let bytes = state.inputs[range.digest] else { return nil }
      return .blob(
        BlobChunk(
          blob: BlobReference(digest: range.digest, byteCount: bytes.count), offset: range.offset,
          bytes: Array(bytes[range.offset...].prefix(range.count))))
    case .putBlob(let chunk):
      // A chunk may come twice: the agent asks again after a second without an answer.
      if chunk.offset == state.blobs[chunk.blob.digest]?.count ?? 0 {
        state.blobs[chunk.blob.digest, default: []] += chunk.bytes
      }
      let received = state.blobs[chunk.blob.digest]?.count ?? 0
      return .blobAck(
        BlobAck(digest: chunk.blob.digest, received: received, isDurable: received == chunk.blob.byteCount))
    case .itemFinished(let finished):
      if finished.item == state.results[finished.job]?.count ?? 0 {
        state.results[finished.job, default: []].append(finished.result)
      }
      return .committed(
        Committed(job: finished.job, epoch: finished.epoch, through: state.results[finished.job]?.count ?? 0))
    default: return nil
    }
  }
}
