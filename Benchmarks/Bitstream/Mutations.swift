import ArgumentParser
import Bitstream
import TestBench

/// What refuses partials that were damaged in each way; the table of Documentation/bitstreams.md.
struct Mutations: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutations", abstract: "Damage a partial in every way and count what refuses it.")

  @Option(help: "A real partial for slot 0 of a zcu106-10-little; one of ours where it is absent.")
  var partial = "../shared/data/bitstreams/zcu106-slot0-zculling.bit"

  @Option(help: "Damaged partials of each kind.")
  var count = 10_000

  @Option(help: "The seed.")
  var seed: UInt64 = 1

  func run() throws {
    let ours = try BenchmarkPartials.plain(frames: 300)
    let part = try BenchmarkPartials.part()
    try table("ours, 300 frames", ours, for: PartialVerifier(part: part, region: [0..<300]))
    guard let real = try? OwnData.file(partial, in: ".") else { return print("\(partial) is absent") }
    try table("a vendor's, slot 0", real, for: BenchmarkPartials.verifierOfSlot0())
  }

  private func table(_ name: String, _ bytes: [UInt8], for verifier: PartialVerifier) throws {
    var random = SeededRandom(seed: seed)
    let file = try BitFile(parsing: bytes)
    let target = PartialMutation.Target(words: file.words)
    print("\n\(name), \(count) of each kind, seed \(seed)\n\n| damage | refused by |\n|---|---|")
    for kind in PartialMutation.allCases {
      var counts: [String: Int] = [:]
      for _ in 0..<count {
        let changed = try damaged(bytes, kind, file, target, &random)
        let refusal = Self.refusal(of: changed, by: verifier)
        guard refusal != nil || kind == .textBit else {
          throw ValidationError("\(kind.rawValue), seed \(seed): a damaged partial was accepted")
        }
        counts[refusal ?? "nothing (same frames, another SHA-256)", default: 0] += 1
      }
      let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      print(Figures.row([kind.rawValue, sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", ")]))
    }
  }

  private func damaged(
    _ bytes: [UInt8], _ kind: PartialMutation, _ file: BitFile, _ target: PartialMutation.Target,
    _ random: inout SeededRandom
  ) throws -> [UInt8] {
    if let words = kind.damaged(target, using: &random) {
      return try BitFile(
        design: file.design, part: file.part, date: file.date, time: file.time,
        payload: WordOrder.bigEndian.bytes(of: words)
      ).serialized
    }
    var changed = bytes
    changed[Int.random(in: 0..<bytes.count - file.payload.count, using: &random)] ^=
      1 << UInt8.random(in: 0..<8, using: &random)
    return changed
  }

  /// The code of the error that refuses a file, or nil.
  private static func refusal(of bytes: [UInt8], by verifier: PartialVerifier) -> String? {
    do throws(BitstreamError) {
      _ = try verifier.frames(of: bytes)
      return nil
    } catch {
      return String(error.code.dropFirst("bitstream.".count))
    }
  }
}
