import Digests
import Fabric
import Messages
import Testing
import Wire

@Suite struct FieldLimitTests {
  private let job = JobID(rawValue: 1)
  private let epoch = Epoch(rawValue: 1)

  /// The field that the decoder names after the encoder was given `message`.
  private func refusedField(_ message: Message) throws -> String? {
    let bytes = try MessageCodec.encode(Envelope(message))
    let error = #expect(throws: WireError.self) { try MessageCodec.decode(bytes) }
    guard case .outOfRange(let field, _, _) = error else { return nil }
    return field
  }

  @Test func `numbers out of range are refused by the field's path`() throws {
    func submit(_ request: JobRequest) -> Message { .submit(Submit(idempotencyKey: "k", request: request)) }
    #expect(try refusedField(submit(try Sample.request(priority: 0))) == "submit.request.priority")
    #expect(try refusedField(submit(try Sample.request(priority: 10))) == "submit.request.priority")
    #expect(try refusedField(submit(try Sample.request(priority: -1))) == "submit.request.priority")
    #expect(
      try refusedField(.committed(Committed(job: job, epoch: epoch, through: Limits.itemsPerBatch + 1)))
        == "committed.through")
    #expect(
      try refusedField(.committed(Committed(job: job, epoch: Epoch(rawValue: .max), through: 0))) == "committed.epoch")
    var finished = Sample.finished
    finished.item = Limits.itemsPerBatch
    #expect(try refusedField(.itemFinished(finished)) == "item_finished.item")
    finished.item = 0
    finished.result = BlobReference(digest: Digest(of: []), byteCount: Limits.blobByteCount + 1)
    #expect(try refusedField(.blobMissing(finished)) == "blob_missing.result.byte_count")
    #expect(
      try refusedField(.welcome(Welcome(leaseDuration: .seconds(-1), jobs: []))) == "welcome.lease_duration_nanoseconds"
    )
    var held = try Sample.held(.running)
    held.progress = try Sample.progress(-1)
    #expect(try refusedField(.progress(held)) == "progress.progress.tasks[0].finished")
  }

  @Test func `lists that are too long or too short are refused by the field's path`() throws {
    func submit(inputs: Int) throws -> Message {
      .submit(Submit(idempotencyKey: "k", request: try Sample.request(inputs: inputs)))
    }
    #expect(try refusedField(try submit(inputs: 0)) == "submit.request.inputs")
    #expect(try refusedField(try submit(inputs: Limits.itemsPerBatch + 1)) == "submit.request.inputs")
    let tooMany = Array(repeating: try Sample.queued(), count: MessageLimits.jobsPerStatus + 1)
    #expect(try refusedField(.status(tooMany)) == "status.jobs")
    var heartbeat = try Sample.heartbeat()
    heartbeat.configurations = Array(
      repeating: Sample.configurations[0], count: MessageLimits.configurationsPerHeartbeat + 1)
    #expect(try refusedField(.heartbeat(heartbeat)) == "heartbeat.configurations")
    heartbeat = try Sample.heartbeat()
    heartbeat.configurations[2].supply = .cold(PartialSupply.Wait(fetch: .nanoseconds(-1), verification: .zero))
    #expect(try refusedField(.heartbeat(heartbeat)) == "heartbeat.configurations[2].supply.fetch_nanoseconds")
    #expect(
      try refusedField(
        .outputs(JobOutputs(job: job, state: .running, items: 1, results: [Sample.blob("a"), Sample.blob("b")])))
        == "outputs.results")
  }

  @Test func `a full batch of the largest allowed texts is taken`() throws {
    let key = String(repeating: "k", count: MessageLimits.idempotencyKeyByteCount)
    let message = Message.submit(
      Submit(idempotencyKey: key, request: try Sample.request(priority: 9, inputs: Limits.itemsPerBatch)))
    #expect(try MessageCodec.decode(try MessageCodec.encode(Envelope(message))).message == message)
  }

  @Test func `texts that are too long or no endpoint are refused by the field's path`() throws {
    for key in ["", String(repeating: "k", count: MessageLimits.idempotencyKeyByteCount + 1)] {
      #expect(
        try refusedField(.submit(Submit(idempotencyKey: key, request: try Sample.request())))
          == "submit.idempotency_key")
    }
    var registration = try Sample.registration()
    registration.endpoint = "http://127.0.0.1"
    #expect(try refusedField(.register(registration)) == "register.endpoint")
    var heartbeat = try Sample.heartbeat()
    heartbeat.slots[1].image = String(repeating: "x", count: Refusal.maximumTextByteCount + 1)
    #expect(try refusedField(.heartbeat(heartbeat)) == "heartbeat.slots[1].image")
  }

  @Test func `a speed that is not a sensible number is refused`() throws {
    for speed in [0, -1, .nan, .infinity, 1e-9, 1e9] {
      var registration = try Sample.registration()
      registration.speed = speed
      #expect(try refusedField(.register(registration)) == "register.speed")
    }
  }

  @Test func `a chunk lies within its blob and under the limit of a chunk`() throws {
    func chunk(of byteCount: Int, at offset: Int, _ count: Int) -> Message {
      let blob = BlobReference(digest: Digest(of: []), byteCount: byteCount)
      return .putBlob(BlobChunk(blob: blob, offset: offset, bytes: Array(repeating: 1, count: count)))
    }
    #expect(try refusedField(chunk(of: 10, at: 11, 0)) == "put_blob.offset")
    #expect(try refusedField(chunk(of: 10, at: -1, 0)) == "put_blob.offset")
    #expect(try refusedField(chunk(of: 10, at: 8, 3)) == "put_blob.bytes")
    let limit = MessageLimits.chunkByteCount
    #expect(try refusedField(chunk(of: Limits.blobByteCount, at: 0, limit + 1)) == "put_blob.bytes")
    let largest = chunk(of: Limits.blobByteCount, at: Limits.blobByteCount - limit, limit)
    #expect(try MessageCodec.decode(try MessageCodec.encode(Envelope(largest))).message == largest)
    #expect(try refusedField(.getBlob(BlobRange(digest: Digest(of: []), offset: 0, count: 0))) == "get_blob.count")
  }

  @Test func `what is missing or no word of the schema is refused by its path`() throws {
    // put_blob {}
    #expect(throws: WireError.missingField("put_blob.blob")) { try MessageCodec.decode([0x08, 1, 0xF2, 0x01, 0]) }
    // put_blob { blob { digest: 1 byte } }
    let shortDigest: [UInt8] = [0x08, 1, 0xF2, 0x01, 5, 0x0A, 3, 0x0A, 1, 9]
    let error = #expect(throws: WireError.self) { try MessageCodec.decode(shortDigest) }
    #expect(error?.message.hasPrefix("put_blob.blob.digest is 1 bytes") == true)
    // outputs { state: 0 } and outputs { state: 99 }
    for state: [UInt8] in [[], [0x10, 99]] {
      let error = #expect(throws: WireError.self) {
        try MessageCodec.decode([0x08, 1, 0xB2, 0x01, UInt8(state.count)] + state)
      }
      #expect(error?.message.hasPrefix("outputs.state is") == true)
    }
    // migrate { destination: "-x" }
    let badName = #expect(throws: WireError.self) {
      try MessageCodec.decode([0x08, 1, 0x72, 4, 0x12, 2, 0x2D, 0x78])
    }
    #expect(badName?.code == "wire.outOfRange")
    #expect(badName?.message.hasPrefix("migrate.destination is '-x'") == true)
  }

  @Test func `a manifest is checked again by whoever receives it`() throws {
    // submit { idempotency_key: "k" request { application: "{}" } }
    let bytes: [UInt8] = [0x08, 1, 0x52, 9, 0x0A, 1, 0x6B, 0x12, 4, 0x0A, 2, 0x7B, 0x7D]
    let error = #expect(throws: WireError.self) { try MessageCodec.decode(bytes) }
    guard case .badManifest(let field, let cause) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(field == "submit.request.application")
    #expect(cause.fault == .missingKey)
  }
}
