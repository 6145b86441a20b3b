import ArgumentParser
import Fabric
import Foundation
import HostileTenant

/// What refuses a tenant who attacks the neighbour on its board.
struct Hostile: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hostile",
    abstract: "Let a tenant attack its neighbour on an emulated board, and print what refused it.")

  @Option(help: "How often it tries.")
  var attempts = 1_000_000

  @Option(help: "The seed of what it tries.")
  var seed: UInt64 = 1

  @Option(help: "The board's descriptor.")
  var board = "bitstreams/boards/softfpga-tiny-big-little.json"

  func run() async throws {
    let descriptor = try BoardDescriptor(manifest: Array(Data(contentsOf: URL(fileURLWithPath: board))))
    var tenant = try await HostileTenant(on: descriptor, seed: seed)
    var tallies: [HostileTenant.Kind: Tally] = [:]
    let begin = ContinuousClock.now
    for _ in 0..<attempts {
      let attempt = try await tenant.attempt()
      tallies[attempt.kind, default: Tally()].count(attempt)
    }
    let seconds = begin.duration(to: .now) / .seconds(1)
    print("\(attempts) attempts, seed \(seed): nothing of the neighbour's was changed, stopped or read.\n")
    print(Figures.row(["attempt", "times", "would harm the neighbour", "taken", "refused by"]))
    print(Figures.row(Array(repeating: "---", count: 5)))
    for kind in HostileTenant.Kind.allCases { print((tallies[kind] ?? Tally()).row(of: kind)) }
    FileHandle.standardError.write(Data("\(Figures.text(seconds, decimals: 1)) s\n".utf8))
  }

  /// What became of the attempts of one kind.
  private struct Tally {
    var times = 0
    var effective = 0
    var refusals: [String: Int] = [:]

    mutating func count(_ attempt: HostileTenant.Attempt) {
      times += 1
      if attempt.isEffectiveWithoutVerifier { effective += 1 }
      if let code = attempt.refusal { refusals[code, default: 0] += 1 }
    }

    func row(of kind: HostileTenant.Kind) -> String {
      let refused = refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let taken = times - refused.reduce(0) { $0 + $1.value }
      let others = refused.dropFirst(3).reduce(0) { $0 + $1.value }
      let shown = refused.prefix(3).map { "`\($0.key)` \($0.value)" } + (others > 0 ? ["others \(others)"] : [])
      let effective = kind.isImage ? "\(effective)" : ""
      return Figures.row([kind.sentence, "\(times)", effective, "\(taken)", shown.joined(separator: ", ")])
    }
  }
}
