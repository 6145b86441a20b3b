import ArgumentParser
import Bitstream
import Fabric
import Messages
import SoftFPGA
import SystemClock

/// Where the time of a configuration goes when its partial is cold, warm, read ahead, or cold behind another's; and how
/// true the emulated board is to its model.
///
/// All in the wall's time: the product's agent, an emulated board at speed 1 and its card.
struct ConfigurationTable: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "configuration",
    abstract: "Configure one image cold, warm and read ahead, at speed 1; print where the time goes.")

  @Option(help: "Runs of the trace for each port.")
  var rounds = 11

  @Option(help: "The folder with configurations.csv.")
  var traces = "Benchmarks/Traces"

  private struct Sequence {
    let house: ConfigurationHouse
    let arrivals: [Trace.Entry]
  }

  /// The image that is looked at.
  private static let image = "dct"
  /// Its configurations in the order of the trace.
  private static let uses = [
    "cold", "warm", "read ahead while 8 items run", "read ahead while 2 items run", "cold, behind another image",
  ]
  /// The limit of a real board's port (UG1085: 32 bits at 187.5 MHz), and what `softfpga-1` has.
  private static let portBytesPerSecond = [750_000_000, 15_000_000]

  func run() async throws {
    let trace = try Trace(csv: OwnData.file("configurations.csv", in: traces))
    for rate in Self.portBytesPerSecond {
      let sequences = try sequences(of: trace, portBytesPerSecond: rate)
      guard let house = sequences.first?.house else { continue }
      print(
        "\n\(house.partialByteCount) bytes, card \(megabytes(ConfigurationHouse.storageBytesPerSecond))"
          + " MB/s, port \(megabytes(rate)) MB/s; medians of \(rounds) runs in ms (least to most)\n")
      try await printBoard(house)
      try await printConfigurations(sequences)
    }
  }

  /// Each with a board of as many slots as jobs come at the first instant.
  private func sequences(of trace: Trace, portBytesPerSecond: Int) throws -> [Sequence] {
    try Dictionary(grouping: trace.entries, by: \.sequence).sorted { $0.key < $1.key }.map { _, arrivals in
      let slotCount = arrivals.count { $0.arrival == .zero }
      return Sequence(
        house: try ConfigurationHouse(slotCount: slotCount, portBytesPerSecond: portBytesPerSecond), arrivals: arrivals)
    }
  }

  // MARK: The board alone

  private func printBoard(_ house: ConfigurationHouse) async throws {
    let (descriptor, partial) = (house.descriptor, house.images[0].partials[0])
    let time = SystemTime()
    let board = SoftBoard(descriptor, time: time)
    let card = SoftStorage(house.partials, of: board)
    let bytes = try await card.read(partial)
    let verified = try descriptor.verifier(for: partial.slot).verify(bytes, digest: partial.digest)
    var (reads, writes): ([Duration], [Duration]) = ([], [])
    for _ in 0..<rounds {
      let begin = time.now.board
      _ = try await card.read(partial)
      let between = time.now.board
      try await board.configure(partial.slot, with: verified)
      reads.append(between - begin)
      writes.append(time.now.board - between)
    }
    print("| the board alone | model | wall | difference |\n|---|---|---|---|")
    printRow("read from the card", reads, model: modelled(partial.byteCount, descriptor.storageBytesPerSecond))
    printRow("write through the port", writes, model: modelled(partial.byteCount, descriptor.portBytesPerSecond))
    print("\n\(await board.health().overrunCount) overruns")
  }

  private func printRow(_ name: String, _ times: [Duration], model: Duration) {
    print(Figures.row([name, milliseconds(model), spread(times), difference(median(times), from: model)]))
  }

  // MARK: With the agent

  private func printConfigurations(_ sequences: [Sequence]) async throws {
    // By the place in the trace at which the image is configured.
    var uses: [[ConfigurationEntry]] = []
    var overrunCount = 0
    for _ in 0..<rounds {
      var run: [ConfigurationEntry] = []
      for sequence in sequences {
        let (entries, overruns) = try await sequence.house.run(sequence.arrivals)
        run += entries.filter { $0.image == Self.image }
        overrunCount += overruns
      }
      if uses.isEmpty { uses = Array(repeating: [], count: run.count) }
      for (use, entry) in zip(uses.indices, run) { uses[use].append(entry) }
    }
    print(
      "\n| configuration | partial | queue wait | fetch | verify | port | total | fetch + port: model | difference |")
    print("|---|---|---|---|---|---|---|---|---|")
    for (name, entries) in zip(Self.uses, uses) {
      printRow(name, entries, of: sequences[0].house)
    }
    print("\n\(overrunCount) overruns")
    guard uses.count > 1 else { return }
    let ratio = median(uses[0].map(\.total)) / median(uses[1].map(\.total))
    print("A warm configuration is \(Figures.text(ratio, decimals: 1)) times as fast as a cold one.")
  }

  private func printRow(_ name: String, _ entries: [ConfigurationEntry], of house: ConfigurationHouse) {
    let board = entries.map { $0.supply.wait.fetch + $0.portTime }
    let port = modelled(house.partialByteCount, house.descriptor.portBytesPerSecond)
    // What is left of a read that is joined is nothing that a model of the board knows.
    let model: Duration? =
      switch entries.first?.supply {
      case .hit: port
      case .cold: port + modelled(house.partialByteCount, house.descriptor.storageBytesPerSecond)
      case .joined, nil: nil
      }
    print(
      Figures.row([
        name, supplies(entries), spread(entries.map(\.queueWait)), spread(entries.map(\.supply.wait.fetch)),
        spread(entries.map(\.supply.wait.verification)), spread(entries.map(\.portTime)), spread(entries.map(\.total)),
        model.map(milliseconds) ?? "-", model.map { difference(median(board), from: $0) } ?? "-",
      ]))
  }

  /// How many came how by their partial.
  private func supplies(_ entries: [ConfigurationEntry]) -> String {
    var (hits, joined, cold) = (0, 0, 0)
    for entry in entries {
      switch entry.supply {
      case .hit: hits += 1
      case .joined: joined += 1
      case .cold: cold += 1
      }
    }
    return [(hits, "hit"), (joined, "joined"), (cold, "cold")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      .joined(separator: ", ")
  }

  // MARK: Figures

  private func modelled(_ byteCount: Int, _ bytesPerSecond: Int) -> Duration {
    transferTime(of: byteCount, bytesPerSecond: bytesPerSecond)
  }

  private func median(_ times: [Duration]) -> Duration {
    times.isEmpty ? .zero : times.sorted()[times.count / 2]
  }

  private func spread(_ times: [Duration]) -> String {
    guard let least = times.min(), let most = times.max() else { return "-" }
    guard most > .zero else { return "0" }
    return "\(milliseconds(median(times))) (\(milliseconds(least)) to \(milliseconds(most)))"
  }

  private func difference(_ measured: Duration, from model: Duration) -> String {
    Figures.percent((measured - model) / model, decimals: 1)
  }

  private func milliseconds(_ time: Duration) -> String { Figures.text(time / .milliseconds(1)) }

  private func megabytes(_ byteCount: Int) -> String { Figures.text(Double(byteCount) / 1e6, decimals: 1) }
}

extension ConfigurationEntry {
  fileprivate var total: Duration { ended - requested }
}
