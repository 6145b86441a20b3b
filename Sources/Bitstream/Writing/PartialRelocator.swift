/// Moves partial bitstreams from one region of a part to another of equal geometry, so that one file serves many slots.
///
/// The packets are read, checked and written anew: each frame address becomes that of the same place in the other region,
/// each CRC is computed again, and all else is kept byte for byte. Equal means: as many runs of frames, over columns
/// with as many frames, ending at a row's end or not alike. Whether columns with as many frames also do the same, and
/// whether the signals at the border agree, the geometry does not tell: that is for the shell to declare.
public struct PartialRelocator: Sendable {
  private let move: RegionMove
  private let verifier: PartialVerifier

  /// Moves from the frames of `source` to those of `destination`, ranges of frame ordinals of `part` in any order; what
  /// comes out may use what `policy` allows.
  ///
  /// - Throws: `BitstreamError.regionsDiffer` unless the regions are of equal geometry; `.invalidContent` for one that is
  ///   empty or not wholly in the part.
  public init(
    part: Part, from source: [Range<Int>], to destination: [Range<Int>], policy: ConfigurationPolicy = .slot
  ) throws(BitstreamError) {
    move = try RegionMove(part: part, from: source, to: destination)
    verifier = PartialVerifier(part: part, region: destination, policy: policy)
  }

  /// Moves a .bit or .bin file of the source region, in O(`bytes.count`).
  ///
  /// - Returns: A file of the same size; the same bytes, if both regions are the same.
  /// - Throws: `BitstreamError.frameOutsideRegion` if it addresses another frame; `.crcMismatch`, `.wrongDevice`, and what
  ///   is wrong with its container or its packets.
  public func relocate(_ bytes: [UInt8]) throws(BitstreamError) -> [UInt8] {
    guard bytes.count <= verifier.maximumByteCount else {
      throw .tooLarge(byteCount: bytes.count, limit: verifier.maximumByteCount)
    }
    let payload = try ConfigurationPayload(parsing: bytes)
    let words = payload.words
    var emitter = PacketEmitter(reservingWords: words.count)
    try append(words, in: words.indices, die: 0, to: &emitter)
    return bytes[..<payload.bytes.startIndex] + payload.order.bytes(of: emitter.words)
  }

  /// Moves a verified partial and verifies what it became, in O(its bytes).
  ///
  /// - Throws: What ``relocate(_:)`` and ``PartialVerifier`` throw.
  public func relocate(_ partial: VerifiedPartial) throws(BitstreamError) -> VerifiedPartial {
    try verifier.verify(madeHere: try relocate(partial.bytes))
  }

  /// Writes the packets of one die's streams, and those of the next die inside them.
  private func append(
    _ words: [UInt32], in range: Range<Int>, die: Int, to emitter: inout PacketEmitter
  ) throws(BitstreamError) {
    guard die < move.part.dies.count else {
      throw .malformedPacket(
        "a stream for die \(die); the part has \(move.part.dies.count)", wordOffset: range.lowerBound)
    }
    var cursor = PacketCursor(words, in: range)
    var frameLimit: Int?
    while let packet = try cursor.next() {
      switch packet {
      case .outside, .noOperations: emitter.append(packet, from: words)
      case .write(.crc, let payload, isLong: false) where payload.count == 1: emitter.appendCRC()
      case .write(.far, let payload, isLong: false) where payload.count == 1:
        let address = FrameAddress(rawValue: words[payload.lowerBound])
        frameLimit = nil
        guard address != .park else {
          emitter.append(packet, from: words)
          continue
        }
        let moved = try move.destination(of: address, die: die, at: payload.lowerBound)
        emitter.append(moved.address.rawValue, to: .far)
        frameLimit = moved.frameLimit
      case .write(let register, let payload, _):
        try check(words[payload], of: register, die: die, frameLimit: frameLimit)
        if register == .fdri { frameLimit = nil }
        emitter.append(packet, from: words)
      case .nextDie(let inner):
        try emitter.appendNextDie { (emitter) throws(BitstreamError) in
          try append(words, in: inner, die: die + 1, to: &emitter)
        }
      }
    }
  }

  /// Refuses what could make a frame's data go elsewhere than its address says.
  private func check(
    _ payload: ArraySlice<UInt32>, of register: ConfigurationRegister, die: Int, frameLimit: Int?
  ) throws(BitstreamError) {
    guard let word = payload.first else { return }
    switch register {
    case .idcode:
      let (stated, device) = (DeviceID(rawValue: word), move.part.dies[die].device)
      guard stated.matches(device) else { throw .wrongDevice(expected: device, actual: stated) }
    case .fdri, .mfwr:
      guard let frameLimit else { throw .frameAddressUnknown(nil, wordOffset: payload.startIndex) }
      guard register == .mfwr || payload.count <= frameLimit * Part.wordsPerFrame else {
        throw .malformedPacket(
          "\(payload.count) words of frame data where the region has \(frameLimit) frames, pads included",
          wordOffset: payload.startIndex)
      }
    case .far, .crc:
      throw .malformedPacket("\(register) written otherwise than by one word", wordOffset: payload.startIndex)
    default: break
    }
  }
}
