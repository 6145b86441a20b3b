import ArgumentParser
import Bitstream
import CAllocationCount
import Digests
import Fabric

/// How fast partials are verified and their frames placed, written and moved, on one core.
struct BitstreamSpeed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bitstream",
    abstract: "Verify, write and move partials; print MB/s beside memcpy, CRC and SHA-256, and allocations.")

  @Option(help: "A real partial for slot 0 of a zcu106-10-little, left out where it is absent.")
  var partial = "../shared/data/bitstreams/zcu106-slot0-zculling.bit"

  @Option(help: "Rounds, whose median is printed.")
  var rounds = 101

  func run() throws {
    print("| file | bytes | memcpy | CRC alone | verify + place | SHA-256 | both | (MB/s of the file, medians)")
    let part = try BenchmarkPartials.part()
    let row = PartialVerifier(part: part, region: [0..<part.framesPerRow])
    try measure("plain, one row", BenchmarkPartials.plain(frames: part.framesPerRow), for: row)
    try measure("compressed, one row", BenchmarkPartials.compressed(frames: part.framesPerRow), for: row)
    if let real = try? OwnData.file(partial, in: ".") {
      try measure("a vendor's, slot 0", real, for: BenchmarkPartials.verifierOfSlot0())
    } else {
      print("\(partial) is absent")
    }
    try measureWriting()
    try countAllocations()
  }

  private func measure(_ name: String, _ bytes: [UInt8], for verifier: PartialVerifier) throws {
    let words = try BitFile(parsing: bytes).words
    var copy = [UInt8](repeating: 0, count: bytes.count)
    var slot = SlotFrames(region: verifier.region)
    let digest = Digest(of: bytes)
    let copyTime = try median {
      copy.withUnsafeMutableBytes { to in bytes.withUnsafeBytes { to.copyMemory(from: $0) } }
    }
    let crcTime = try median {
      var crc = ConfigurationCRC()
      crc.update(words: words, register: .fdri)
      guard crc.value != 0 else { throw ValidationError("the CRC is zero") }
    }
    let placeTime = try median { slot = try verifier.place(bytes, in: slot.take()) }
    let digestTime = try median {
      guard Digest(of: bytes) == digest else { throw ValidationError("another digest") }
    }
    let cells = [copyTime, crcTime, placeTime, digestTime, placeTime + digestTime].map {
      speed(bytes.count, $0)
    }
    print(Figures.row([name, "\(bytes.count)"] + cells))
  }

  /// In MB/s.
  func speed(_ byteCount: Int, _ time: Duration) -> String {
    Figures.text(Double(byteCount) / (time / .microseconds(1)), decimals: 0)
  }

  func median(_ body: () throws -> Void) throws -> Duration {
    let times = try (0..<max(1, rounds)).map { _ in
      let start = ThisProcess.processorTime
      try body()
      return ThisProcess.processorTime - start
    }
    return times.sorted()[times.count / 2]
  }

  /// The allocations for partials of more and more packets: each block has a FAR, a CMD and two headers.
  private func countAllocations() throws {
    print("\n| blocks of frame data | packets | allocations of verify + place |")
    for blocks in [100, 400, 1600] {
      let part = try BenchmarkPartials.part()
      // Every other frame, so that each is a block of its own.
      let region = (0..<blocks).map { 2 * $0..<2 * $0 + 1 }
      let bytes = try PartialWriter(part: part, region: region).partial(design: "blocks") { _ in
        [UInt32](repeating: 0x5A5A_A5A5, count: Part.wordsPerFrame)
      }
      let verifier = PartialVerifier(part: part, region: region)
      var slot = SlotFrames(region: region)
      slot = try verifier.place(bytes, in: slot.take())
      let before = tessera_allocation_count()
      slot = try verifier.place(bytes, in: slot.take())
      print(Figures.row(["\(blocks)", "\(4 * blocks)", "\(tessera_allocation_count() - before)"]))
    }
  }
}
