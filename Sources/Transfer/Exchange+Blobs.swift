internal import Digests
public import Fabric
public import Messages

extension Exchange {
  /// Sends a blob to a peer, chunk by chunk, and returns when it is durable there.
  ///
  /// What the peer has already is not sent again, neither the whole nor the first part of an upload that was cut off.
  ///
  /// - Parameters:
  ///   - bytes: The blob's bytes.
  ///   - reference: Their digest and count.
  ///   - peer: Where to; a ``BlobDesk`` must answer there.
  /// - Throws: What ``request(_:to:)`` throws, ``TransferError/blobTooLarge(byteCount:limit:)``,
  ///   ``TransferError/wrongByteCount(_:expected:found:)``, and ``TransferError/noProgress(_:received:byteCount:)``
  ///   when the peer takes none of a chunk as often as a request is attempted.
  @concurrent public func upload(
    _ bytes: [UInt8], _ reference: BlobReference, to peer: Peer
  ) async throws(TransferError) {
    try check(reference)
    guard bytes.count == reference.byteCount else {
      throw .wrongByteCount(reference.digest, expected: reference.byteCount, found: bytes.count)
    }
    var next = 0
    // What fits one chunk is sent at once; before more than that, an empty chunk asks what is there.
    if bytes.count > MessageLimits.chunkByteCount, let ack = try await send([], at: 0, of: reference, to: peer) {
      if ack.isDurable { return }
      next = ack.received
    }
    var fruitless = 0
    while fruitless < attempts {
      let chunk = Array(bytes[next...].prefix(MessageLimits.chunkByteCount))
      let ack = try await send(chunk, at: next, of: reference, to: peer)
      if let ack, ack.isDurable { return }
      let received = ack?.received ?? next
      if received <= next {
        fruitless += 1
        try await pause()
      }
      next = received
    }
    throw .noProgress(reference.digest, received: next, byteCount: bytes.count)
  }

  /// Fetches a blob from a peer, chunk by chunk, and verifies it.
  ///
  /// - Throws: What ``request(_:to:)`` throws (``TransferError/refused(_:)`` with the code `transfer.blobMissing` where
  ///   the peer does not have it), ``TransferError/blobTooLarge(byteCount:limit:)``,
  ///   ``TransferError/wrongByteCount(_:expected:found:)`` and ``TransferError/digestMismatch(expected:found:)``.
  @concurrent public func download(
    _ reference: BlobReference, from peer: Peer
  ) async throws(TransferError) -> [UInt8] {
    try check(reference)
    var bytes: [UInt8] = []
    while bytes.count < reference.byteCount {
      let range = BlobRange(
        digest: reference.digest, offset: bytes.count,
        count: min(MessageLimits.chunkByteCount, reference.byteCount - bytes.count))
      bytes += try await fetch(range, of: reference, from: peer)
    }
    let found = Digest(of: bytes)
    guard found == reference.digest else { throw .digestMismatch(expected: reference.digest, found: found) }
    return bytes
  }

  private func check(_ reference: BlobReference) throws(TransferError) {
    guard 0...Limits.blobByteCount ~= reference.byteCount else {
      throw .blobTooLarge(byteCount: reference.byteCount, limit: Limits.blobByteCount)
    }
  }

  /// Sends a chunk; returns its acknowledgement, or nil where the peer has no room for the blob yet.
  private func send(
    _ bytes: [UInt8], at offset: Int, of reference: BlobReference, to peer: Peer
  ) async throws(TransferError) -> BlobAck? {
    let answer: Message
    do throws(TransferError) {
      answer = try await request(.putBlob(BlobChunk(blob: reference, offset: offset, bytes: bytes)), to: peer)
    } catch {
      if error.code == TransferError.deskFullCode { return nil }
      throw error
    }
    guard case .blobAck(let ack) = answer, ack.digest == reference.digest, 0...reference.byteCount ~= ack.received
    else { throw .unexpectedAnswer(expected: "the blobAck of \(reference.digest)", found: answer.name) }
    return ack
  }

  /// The bytes of a range, at least one of them.
  private func fetch(
    _ range: BlobRange, of reference: BlobReference, from peer: Peer
  ) async throws(TransferError) -> [UInt8] {
    let answer = try await request(.getBlob(range), to: peer)
    guard case .blob(let chunk) = answer, chunk.blob.digest == range.digest, chunk.offset == range.offset,
      1...range.count ~= chunk.bytes.count
    else { throw .unexpectedAnswer(expected: "the blob \(range.digest) from \(range.offset)", found: answer.name) }
    guard chunk.blob.byteCount == reference.byteCount else {
      throw .wrongByteCount(range.digest, expected: reference.byteCount, found: chunk.blob.byteCount)
    }
    return chunk.bytes
  }
}
