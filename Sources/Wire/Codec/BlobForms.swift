internal import Fabric
internal import FoundationEssentials
internal import Messages

extension ProtoBlobChunk: WireForm {
  init(_ chunk: BlobChunk) {
    self.init()
    blob = ProtoBlobReference(chunk.blob)
    offset = Int64(chunk.offset)
    bytes = Data(chunk.bytes)
  }

  func decoded() throws(WireError) -> BlobChunk {
    let whole = try blob.required("blob", hasBlob)
    let start = try offset.number("offset", in: 0...whole.byteCount)
    let room = min(whole.byteCount - start, MessageLimits.chunkByteCount)
    guard bytes.count <= room else {
      throw .outOfRange(field: "bytes", found: "\(bytes.count) bytes", allowed: "0 to \(room) bytes")
    }
    return BlobChunk(blob: whole, offset: start, bytes: [UInt8](bytes))
  }
}

extension ProtoBlobAck: WireForm {
  init(_ ack: BlobAck) {
    self.init()
    digest = Data(ack.digest)
    received = Int64(ack.received)
    isDurable = ack.isDurable
  }

  func decoded() throws(WireError) -> BlobAck {
    BlobAck(
      digest: try digest.digest("digest"), received: try received.number("received", in: .blobByteCount),
      isDurable: isDurable)
  }
}

extension ProtoBlobRange: WireForm {
  init(_ range: BlobRange) {
    self.init()
    digest = Data(range.digest)
    offset = Int64(range.offset)
    count = Int64(range.count)
  }

  func decoded() throws(WireError) -> BlobRange {
    BlobRange(
      digest: try digest.digest("digest"), offset: try offset.number("offset", in: .blobByteCount),
      count: try count.number("count", in: 1...MessageLimits.chunkByteCount))
  }
}
