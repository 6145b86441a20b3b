import Digests
import Fabric
import Messages
import Testing
import Wire
import TestBench

@Suite struct MessageCodecTests {
  @Test func `every message comes back as it was`() throws {
    for message in try allExamples() {
      let envelope = Envelope(message, request: .max)
      let decoded = try MessageCodec.decode(try MessageCodec.encode(envelope))
      #expect(decoded == envelope, "\(message.name)")
    }
  }

  @Test func `every word of every enum comes back as it was`() throws {
    var messages: [Message] = []
    for state in [JobState.queued, .running, .migrating, .completed, .failed, .cancelled] {
      messages.append(.outputs(JobOutputs(job: JobID(rawValue: 1), state: state, items: 0, results: [])))
    }
    for phase in [HeldJob.Phase.running, .stopping, .sealed] { messages.append(.progress(try Sample.held(phase))) }
    for cause in [HandBack.Cause.board, .job] {
      messages.append(
        .handBack(HandBack(job: JobID(rawValue: 1), epoch: .none, cause: cause, reason: Sample.refusal)))
    }
    for activity in [SlotActivity.empty, .configuring, .ready, .running, .quarantined] {
      for (kind, layout, state) in [
        (SlotKind.little, Layout.onlyLittle, BoardState.online), (.big, .bigLittle, .lost),
      ] {
        var board = try Sample.boardStatus()
        board.layout = layout
        board.state = state
        board.slots[0].kind = kind
        board.slots[0].state = activity
        messages.append(.boards([board]))
      }
    }
    for message in messages {
      #expect(try MessageCodec.decode(try MessageCodec.encode(Envelope(message))).message == message)
    }
  }

  // These bytes are the contract with programs in other languages: whoever changes them raises the version.
  @Test func `the bytes of a message are the schema's`() throws {
    let job = JobID(rawValue: 5)
    #expect(try MessageCodec.encode(Envelope(.unknownAgent, request: 7)) == [0x08, 1, 0x10, 7, 0xEA, 0x03, 0])
    #expect(try MessageCodec.encode(Envelope(.cancel(job))) == [0x08, 1, 0x6A, 2, 0x08, 5])
    #expect(
      try MessageCodec.encode(Envelope(.heartbeatAck(number: 300))) == [0x08, 1, 0xF2, 0x03, 3, 0x08, 0xAC, 0x02])
    #expect(
      try MessageCodec.encode(Envelope(.release(JobEpoch(job: job, epoch: Epoch(rawValue: 2)))))
        == [0x08, 1, 0xA2, 0x04, 4, 0x08, 5, 0x10, 2])
    let reference: [UInt8] = [0x0A, 32] + Digest(of: [1]).bytes + [0x10, 4]
    let chunk: [UInt8] = [0x0A, 36] + reference + [0x10, 1, 0x1A, 2, 7, 8]
    #expect(
      try MessageCodec.encode(Envelope(.putBlob(Sample.chunk))) == [0x08, 1, 0xF2, 0x01, UInt8(chunk.count)] + chunk)
  }

  @Test func `another version is refused by both numbers`() throws {
    var bytes = try MessageCodec.encode(Envelope(.boardsQuery, request: 77))
    bytes[1] = 2
    #expect(throws: WireError.unsupportedVersion(found: 2, supported: 1)) { try MessageCodec.decode(bytes) }
    #expect(MessageCodec.request(in: bytes) == 77)
    #expect(throws: WireError.unsupportedVersion(found: 0, supported: 1)) { try MessageCodec.decode([]) }
  }

  @Test func `an envelope without a known message is refused`() {
    #expect(throws: WireError.unknownMessage) { try MessageCodec.decode([0x08, 1, 0x10, 9]) }
    // Field 500, of a newer program.
    #expect(throws: WireError.unknownMessage) { try MessageCodec.decode([0x08, 1, 0xA2, 0x1F, 0]) }
  }

  @Test func `a field that only a newer program knows is passed over`() throws {
    let bytes = try MessageCodec.encode(Envelope(.unknownAgent, request: 7)) + [0xA0, 0x1F, 1]
    #expect(try MessageCodec.decode(bytes) == Envelope(.unknownAgent, request: 7))
  }

  @Test func `bytes that are no protobuf are malformed and have no request number`() {
    for bytes: [UInt8] in [[0xFF], [0x08], [0x0A, 5, 1], Array("GET / HTTP/1.1\r\n".utf8)] {
      let error = #expect(throws: WireError.self) { try MessageCodec.decode(bytes) }
      #expect(error?.code == "wire.malformed")
      #expect(MessageCodec.request(in: bytes) == 0)
    }
  }

  @Test func `a message over the limit is neither encoded nor decoded`() throws {
    let limit = MessageLimits.messageByteCount
    let chunk = BlobChunk(
      blob: BlobReference(digest: Digest(of: []), byteCount: Limits.blobByteCount), offset: 0,
      bytes: Array(repeating: 0, count: limit))
    let error = #expect(throws: TransportError.self) { try MessageCodec.encode(Envelope(.putBlob(chunk))) }
    #expect(error?.code == "transport.tooLarge")
    #expect(throws: WireError.tooLarge(byteCount: limit + 1, limit: limit)) {
      try MessageCodec.decode(Array(repeating: 0, count: limit + 1))
    }
  }

  @Test func `a refusal longer than allowed is cut and still understood`() throws {
    let long = String(repeating: "x", count: 3 * Refusal.maximumTextByteCount)
    let refusal = Refusal(code: "a.b", message: long, hint: long)
    #expect(try MessageCodec.decode(try MessageCodec.encode(Envelope(.refused(refusal)))).message == .refused(refusal))
  }

  @Test func `no mutation of a message crashes the decoder, and what it takes is a message`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("mutations of messages from seed \(seed)")
    var random = SeededRandom(seed: seed)
    let originals = try allExamples().map { try MessageCodec.encode(Envelope($0, request: 3)) }
    var taken = 0
    for round in 0..<20_000 {
      let bytes = mutated(originals[round % originals.count], among: originals, &random)
      guard let envelope = try? MessageCodec.decode(bytes) else { continue }
      taken += 1
      let again = try MessageCodec.decode(try MessageCodec.encode(envelope))
      #expect(again == envelope, "seed \(seed), round \(round)")
    }
    // Else the damages are too coarse to reach the checks of single fields.
    #expect(taken > 1000, "seed \(seed)")
  }
}
