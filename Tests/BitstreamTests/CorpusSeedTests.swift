import Bitstream
import Digests
import TestBench
import Testing

/// One small file of every form: each is what it is meant to be, and what fuzzing begins with.
@Suite struct CorpusSeedTests {
  private func offer(_ bytes: [UInt8], _ name: String, _ targets: String...) throws {
    for target in targets { try FuzzCorpus.offer(bytes, as: name, to: target) }
  }

  @Test func `a partial in every container`() throws {
    let bit = try PartialWriter(part: tinyPart(), region: [10..<20]).partial(
      design: "d", words: randomFrames(10, seed: 1))
    let words = try BitFile(parsing: bit).words
    var xclbin = XclbinBuilder.sound
    xclbin.sections.append(.init(kind: .bitstream, content: bit))
    #expect([bit, xclbin.bytes].allSatisfy { BitstreamInspection(of: $0).refusal == nil })
    #expect(inspect(words).refusal == nil)
    try offer(bit, "partial.bit", "bit", "inspection", "partial", "relocation", "compression")
    try offer(WordOrder.bigEndian.bytes(of: words), "partial.bin", "bin", "inspection", "frames")
    try offer(WordOrder.littleEndian.bytes(of: words), "partial-swapped.bin", "bin", "inspection")
    try offer(xclbin.bytes, "partial.xclbin", "xclbin", "inspection")
    try offer(XclbinBuilder.sound.bytes, "tables.xclbin", "xclbin")
  }

  @Test func `streams of every shape`() throws {
    for (name, stream) in [
      ("dies", Shapes.dies()), ("compressed", Shapes.compressed()), ("ultrascale", Shapes.ultraScale()),
    ] {
      #expect(inspect(stream).refusal == nil, "\(name)")
      try offer(WordOrder.bigEndian.bytes(of: stream), "\(name).bin", "inspection", "frames")
    }
  }

  @Test func `a compressed partial in the canonical form`() throws {
    let part = try tinyPart()
    var stream = StreamBuilder(canonical: part.device)
    stream.repeated(randomFrames(1, seed: 5), at: (10..<20).compactMap { part.address(ofFrame: $0) })
    stream.endCanonically()
    let bit = try BitFile(
      design: "d;PARTIAL=TRUE", part: part.name, date: "1980/01/01", time: "00:00:00",
      payload: WordOrder.bigEndian.bytes(of: stream.words)
    ).serialized
    let verified = try PartialVerifier(part: part, region: [10..<20]).verify(bit, digest: Digest(of: bit))
    #expect(verified.frames == [10..<20])
    try offer(bit, "compressed.bit", "partial", "relocation", "compression")
    try offer(WordOrder.bigEndian.bytes(of: stream.words), "compressed-partial.bin", "frames")
  }

  @Test func `a partial for two dies in the canonical form`() throws {
    let die = try Die(
      device: DeviceID(rawValue: 0x05F5_A0FF), rows: 4, columns: [3, 1, 4, 2], memoryColumns: [2])
    let part = try Part(name: "softfpga-tiny", dies: [die, die])
    let region = [10..<20, 58..<68]
    let bit = try PartialWriter(part: part, region: region).partial(
      design: "d", compressing: true, words: Array(repeating: 7, count: 20 * Part.wordsPerFrame))
    #expect(try PartialVerifier(part: part, region: region).verify(bit, digest: Digest(of: bit)).frames == region)
    try offer(Array(try BitFile(parsing: bit).payload), "two-dies-canonical.bin", "frames")
  }

  /// Both were taken once: the device repeats the frame at every address, or stays shut down.
  @Test func `an open MFW, and a shutdown after the start`() throws {
    let part = try tinyPart()
    let address = try #require(part.address(ofFrame: 10))
    var frames = StreamBuilder(canonical: part.device)
    frames.repeated(randomFrames(1, seed: 5), at: (10..<20).compactMap { part.address(ofFrame: $0) })
    var open = frames
    open.canonicalFrames(at: address, Array(repeating: 9, count: Part.wordsPerFrame), padFrames: 0)
    open.command(.mfw)
    open.noOperations(62)
    for ordinal in [11, 20, 0] { open.write(part.address(ofFrame: ordinal)?.rawValue ?? 0, to: .far) }
    open.endCanonically()
    var stopped = frames
    for (command, count) in [(ConfigurationCommand.grestore, 1), (.lfrm, 20), (.start, 1), (.shutdown, 1)] {
      stopped.command(command)
      stopped.noOperations(count)
    }
    stopped.write(FrameAddress.park.rawValue, to: .far)
    stopped.end()
    stopped.noOperations(16)
    for (name, words) in [("open-repetition", open.words), ("shut-down", stopped.words)] {
      let bit = try BitFile(
        design: "d;PARTIAL=TRUE", part: part.name, date: "1980/01/01", time: "00:00:00",
        payload: WordOrder.bigEndian.bytes(of: words)
      ).serialized
      #expect(errorCode { _ = try PartialVerifier(part: part, region: [10..<20]).frames(of: bit) } != nil, "\(name)")
      try offer(bit, "\(name).bit", "partial")
    }
  }

  @Test func `frames of two dies`() throws {
    let device = DeviceID(rawValue: 0x05F5_A0FF)
    var inner = StreamBuilder(device: device)
    inner.frames(at: FrameAddress(rawValue: 1 << 18), randomFrames(2, seed: 6))
    inner.end()
    var outer = StreamBuilder(device: device)
    outer.frames(at: FrameAddress(rawValue: 1 << 18), randomFrames(2, seed: 7))
    outer.end()
    outer.raw([0xFFFF_FFFF, 0xAA99_5566, 0x3003_C000, 0x5000_0000 | UInt32(inner.words.count)] + inner.words)
    let die = try Die(device: device, rows: 4, columns: [3, 1, 4, 2], memoryColumns: [2])
    let part = try Part(name: "softfpga-tiny", dies: [die, die])
    let placed = try place(outer.words, in: part, allowing: [10..<20, 58..<68])
    #expect(placed.frames.keys.sorted() == [10, 11, 58, 59])
    try offer(WordOrder.bigEndian.bytes(of: outer.words), "two-dies.bin", "frames")
  }
}
