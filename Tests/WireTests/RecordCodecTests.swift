import BoardAgent
import ClusterBroker
import Digests
import Fabric
import Testing
import Wire
import TestBench

/// One example of every line of the broker's journal; each case names the one that follows, so that none is forgotten.
func brokerExample(after record: BrokerRecord?) throws -> BrokerRecord? {
  let job = JobID(rawValue: 17)
  let epoch = Epoch(rawValue: 3)
  switch record {
  case nil: return .submitted(job, idempotencyKey: "key-1", try Sample.request())
  case .submitted:
    return .owned(
      job,
      Ownership(
        epoch: epoch, board: try Sample.board(), incarnation: Incarnation(rawValue: .max),
        images: [ImageID(rawValue: Digest(of: [3]))], checkpoint: try Sample.checkpoint()))
  case .owned:
    return .stopping(
      job, epoch,
      Destination(
        board: try Sample.board(), incarnation: Incarnation(rawValue: 9), endpoint: "tcp://127.0.0.1:7442"))
  case .stopping: return .committed(job, epoch, item: 1, result: Sample.blob("result"))
  case .committed: return .requeued(job, epoch, .boardFault(Sample.refusal))
  case .requeued(_, _, .boardFault): return .requeued(job, epoch, .agentLost)
  case .requeued(_, _, .agentLost): return .ended(job, .completed)
  case .ended(_, .completed): return .ended(job, .cancelled)
  case .ended(_, .cancelled): return .ended(job, .failed(Sample.refusal))
  case .ended(_, .failed): return .forgotten(job)
  case .forgotten: return nil
  }
}

/// One example of every line of an agent's journal.
func agentExample(after record: AgentRecord?) throws -> AgentRecord? {
  let job = JobEpoch(job: JobID(rawValue: 17), epoch: Epoch(rawValue: 3))
  switch record {
  case nil: return .began(Incarnation(rawValue: .max))
  case .began: return .accepted(job)
  case .accepted: return .sealed(job, try Sample.checkpoint())
  case .sealed: return .quarantined(SlotID(rawValue: 63), Sample.quarantine)
  case .quarantined: return .reset(SlotID(rawValue: 63))
  case .reset: return nil
  }
}

@Suite struct RecordCodecTests {
  private let broker = BrokerRecordCodec()
  private let agent = AgentRecordCodec()

  @Test func `every line of the broker's journal comes back as it was`() throws {
    var last: BrokerRecord?
    while let record = try brokerExample(after: last) {
      #expect(try broker.decode(try broker.encode(record)) == record)
      last = record
    }
  }

  @Test func `every line of an agent's journal comes back as it was`() throws {
    var last: AgentRecord?
    while let record = try agentExample(after: last) {
      #expect(try agent.decode(try agent.encode(record)) == record)
      last = record
    }
  }

  // A journal outlives the program that wrote it: whoever changes these bytes cannot read it any more.
  @Test func `the bytes of a record are the schema's`() throws {
    let job = JobID(rawValue: 5)
    #expect(try broker.encode(.forgotten(job)) == [0x08, 1, 0x42, 2, 0x08, 5])
    #expect(try broker.encode(.ended(job, .cancelled)) == [0x08, 1, 0x3A, 4, 0x08, 5, 0x10, 6])
    #expect(try broker.encode(.requeued(job, Epoch(rawValue: 2), .agentLost)) == [0x08, 1, 0x32, 4, 0x08, 5, 0x10, 2])
    #expect(try agent.encode(.began(Incarnation(rawValue: 300))) == [0x08, 1, 0x12, 3, 0x08, 0xAC, 0x02])
    #expect(
      try agent.encode(.accepted(JobEpoch(job: job, epoch: Epoch(rawValue: 2)))) == [
        0x08, 1, 0x1A, 4, 0x08, 5, 0x10, 2,
      ])
    #expect(try agent.encode(.reset(SlotID(rawValue: 7))) == [0x08, 1, 0x32, 2, 0x08, 7])
    let reason = QuarantineReason(code: "c", message: "m", attempts: 3, since: TimeOfDay(nanoseconds: 9))
    #expect(
      try agent.encode(.quarantined(SlotID(rawValue: 7), reason)) == [
        0x08, 1, 0x2A, 14, 0x08, 7, 0x12, 10, 0x0A, 1, 0x63, 0x12, 1, 0x6D, 0x18, 3, 0x20, 9,
      ])
  }

  @Test func `a record of a newer program is refused by both numbers`() {
    #expect(throws: StoreError.newerVersion(found: 2, supported: 1)) { try broker.decode([0x08, 2, 0x42, 2, 0x08, 5]) }
    #expect(throws: StoreError.newerVersion(found: 9, supported: 1)) { try agent.decode([0x08, 9]) }
  }

  @Test func `a damaged record is told as such`() {
    for bytes: [UInt8] in [[], [0xFF], [0x08, 1], [0x08, 1, 0x22, 1], [0x08, 1, 0x3A, 4, 0x08, 5, 0x10, 1]] {
      let error = #expect(throws: StoreError.self) { try broker.decode(bytes) }
      #expect(error?.code == "store.corrupt", "\(bytes)")
    }
    #expect(throws: StoreError.self) { try agent.decode([0x08, 1]) }
  }

  @Test func `a record that could not be read again is not written`() throws {
    let error = #expect(throws: StoreError.self) {
      try broker.encode(.committed(JobID(rawValue: 1), .none, item: Limits.itemsPerBatch, result: Sample.blob("x")))
    }
    #expect(error?.message.contains("committed.item is 1024") == true)
    #expect(throws: StoreError.self) {
      try broker.encode(.submitted(JobID(rawValue: 1), idempotencyKey: "", try Sample.request()))
    }
  }

  @Test func `no mutation of a record crashes its decoder`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("mutations of records from seed \(seed)")
    var random = SeededRandom(seed: seed)
    var originals: [[UInt8]] = []
    var last: BrokerRecord?
    while let record = try brokerExample(after: last) {
      originals.append(try broker.encode(record))
      last = record
    }
    var line: AgentRecord?
    while let record = try agentExample(after: line) {
      originals.append(try agent.encode(record))
      line = record
    }
    for round in 0..<5_000 {
      let bytes = mutated(originals[round % originals.count], among: originals, &random)
      if let record = try? broker.decode(bytes) {
        #expect(try broker.decode(try broker.encode(record)) == record, "seed \(seed), round \(round)")
      }
      _ = try? agent.decode(bytes)
    }
  }
}
