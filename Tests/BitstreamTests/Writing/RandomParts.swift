import Bitstream
import Digests
import TestBench

/// A part of one or two dies, a few rows, and columns of few frames, some repeated so that regions can move sideways.
func randomPart(using random: inout SeededRandom) throws -> Part {
  let pattern = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...9, using: &random) }
  let columns = Array(repeatElement(pattern, count: Int.random(in: 1...3, using: &random)).joined())
  let memory = Array(repeating: Int.random(in: 1...12, using: &random), count: Int.random(in: 0...3, using: &random))
  let rows = Int.random(in: 1...5, using: &random)
  let dies = try (0..<Int.random(in: 1...2, using: &random)).map { index in
    try Die(
      device: DeviceID(rawValue: 0x0123_4093 + UInt32(index) << 12), rows: rows, columns: columns,
      memoryColumns: memory)
  }
  return try Part(name: "random", dies: dies)
}

/// One to three runs of frames.
func randomRegion(of part: Part, using random: inout SeededRandom) -> [Range<Int>] {
  (0..<Int.random(in: 1...3, using: &random)).map { _ in
    let first = Int.random(in: 0..<part.frameCount, using: &random)
    return first..<Int.random(in: first + 1...part.frameCount, using: &random)
  }
}

/// The frames of a file for a part.
func read(_ bytes: [UInt8], of part: Part) throws -> PlainReader {
  try PlainReader(bytes, columns: part.dies.map { [$0.columns, $0.memoryColumns] })
}

/// The frames that a verifier finds in a file for a region.
func verifiedFrames(of bytes: [UInt8], part: Part, region: [Range<Int>]) throws -> [Range<Int>] {
  try PartialVerifier(part: part, region: region).verify(bytes, digest: Digest(of: bytes)).frames
}
