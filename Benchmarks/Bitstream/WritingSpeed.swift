import ArgumentParser
import Bitstream
import Digests
import Fabric

/// How fast partials are written, compressed and moved.
extension BitstreamSpeed {
  func measureWriting() throws {
    print(
      "\n| frames of a row | bytes | memcpy | write | write compressed | its bytes | move | move, verify, SHA-256 |")
    let part = try BenchmarkPartials.part()
    let row = 0..<part.framesPerRow
    try measureWriting("all different", BenchmarkPartials.differentFrames(row.count), of: part, row)
    try measureWriting("nine of ten equal", BenchmarkPartials.equalFrames(row.count), of: part, row)
  }

  /// Prints MB/s of the frames; in the last two columns of the file that moves, the smaller of the two written.
  private func measureWriting(_ name: String, _ words: [UInt32], of part: Part, _ row: Range<Int>) throws {
    let writer = try PartialWriter(part: part, region: [row])
    let next = row.upperBound..<row.upperBound + row.count
    let relocator = try PartialRelocator(part: part, from: [row], to: [next])
    var (plain, compressed, moved): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
    let writeTime = try median { plain = try writer.partial(design: "benchmark", words: words) }
    let compressTime = try median {
      compressed = try writer.partial(design: "benchmark", compressing: true, words: words)
    }
    let file = compressed
    var verified = try PartialVerifier(part: part, region: [row]).verify(file, digest: Digest(of: file))
    let source = verified
    let moveTime = try median { moved = try relocator.relocate(file) }
    let verifyTime = try median { verified = try relocator.relocate(source) }
    guard verified.bytes == moved else { throw ValidationError("a move gave two results") }
    var copy = [UInt32](repeating: 0, count: words.count)
    let copyTime = try median {
      copy.withUnsafeMutableBytes { to in words.withUnsafeBytes { to.copyMemory(from: $0) } }
    }
    print(
      Figures.row([
        name, "\(plain.count)", speed(plain.count, copyTime), speed(plain.count, writeTime),
        speed(plain.count, compressTime), "\(file.count)", speed(file.count, moveTime), speed(file.count, verifyTime),
      ]))
  }
}
