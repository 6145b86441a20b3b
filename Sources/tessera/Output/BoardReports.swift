internal import Fabric
internal import Messages

/// The boards as `board list` prints them.
struct BoardListReport: Report {
  struct Board: Encodable {
    let board: String
    let model: String
    let layout: Layout
    let shell: String
    let state: BoardState
    /// A text, since JSON readers keep 53 bits of a number.
    let incarnation: String
    let speed: Double
    let jobs: [String]
    let slots: [Slot]
    let health: Health
  }

  struct Slot: Encodable {
    let slot: Int
    let kind: SlotKind
    let state: SlotActivity
    let image: Nullable<String>
    let job: Nullable<String>
  }

  struct Health: Encodable {
    let configurations: Int
    let portErrors: Int
    let overruns: Int
  }

  let boards: [Board]

  init(_ statuses: [BoardStatus]) {
    boards = statuses.map { status in
      Board(
        board: status.board.text, model: status.model, layout: status.layout, shell: status.shell.description,
        state: status.state, incarnation: status.incarnation.description, speed: status.speed,
        jobs: status.jobs.map(\.description), slots: status.slots.map(Slot.init), health: Health(status.health))
    }
  }

  var table: Table {
    var table = Table(
      "BOARD", "MODEL", "LAYOUT", "STATE", "SPEED", "OVERRUNS", "SLOT", "KIND", "ACTIVITY", "JOB", "IMAGE")
    for board in boards {
      let head = [
        board.board, board.model, board.layout.rawValue, board.state.rawValue, "\(board.speed)",
        "\(board.health.overruns)",
      ]
      if board.slots.isEmpty { table.add(head + ["-", "-", "-", "-", "-"]) }
      for (index, slot) in board.slots.enumerated() {
        table.add(
          (index == 0 ? head : head.map { _ in "" }) + [
            "\(slot.slot)", slot.kind.rawValue, slot.state.rawValue, slot.job.value ?? "-", slot.image.value ?? "-",
          ])
      }
    }
    return table
  }
}

extension BoardListReport.Slot {
  fileprivate init(_ status: SlotStatus) {
    self.init(
      slot: status.slot.rawValue, kind: status.kind, state: status.state, image: Nullable(status.image),
      job: Nullable(status.job?.description))
  }
}

extension BoardListReport.Health {
  fileprivate init(_ health: BoardHealth) {
    self.init(
      configurations: health.configurationCount, portErrors: health.portErrorCount, overruns: health.overrunCount)
  }
}

/// Which slot was configured with what and when, as `board timeline` prints it.
struct TimelineReport: Report {
  struct Board: Encodable {
    let board: String
    let configurations: [Configuration]
  }

  /// Instants are seconds of the board's time since its agent began.
  struct Configuration: Encodable {
    let number: Int
    let slot: Int
    let kind: Nullable<SlotKind>
    let image: String
    let job: Nullable<String>
    let partial: String
    let requestedSeconds: Double
    let waitSeconds: Double
    let fetchSeconds: Double
    let verifySeconds: Double
    let beganSeconds: Double
    let endedSeconds: Double
    let portSeconds: Double
    let failure: Nullable<String>
  }

  let boards: [Board]

  init(_ statuses: [BoardStatus]) {
    boards = statuses.map { status in
      let kinds = Dictionary(status.slots.map { ($0.slot, $0.kind) }) { first, _ in first }
      return Board(
        board: status.board.text,
        configurations: status.configurations.map { Configuration($0, kind: kinds[$0.slot]) })
    }
  }

  var table: Table {
    var table = Table(
      "BOARD", "#", "SLOT", "KIND", "IMAGE", "JOB", "REQUESTED", "PARTIAL", "WAIT", "FETCH", "VERIFY", "PORT", "RESULT")
    for board in boards {
      for entry in board.configurations {
        table.add(
          board.board, "\(entry.number)", "\(entry.slot)", entry.kind.value?.rawValue ?? "-", entry.image,
          entry.job.value ?? "-", Seconds.text(entry.requestedSeconds), entry.partial,
          Seconds.text(entry.waitSeconds), Seconds.text(entry.fetchSeconds), Seconds.text(entry.verifySeconds),
          Seconds.text(entry.portSeconds), entry.failure.value ?? "ok")
      }
    }
    table.notes.append("Times are seconds of each board's own time.")
    return table
  }
}

extension TimelineReport.Configuration {
  fileprivate init(_ entry: ConfigurationEntry, kind: SlotKind?) {
    self.init(
      number: entry.number, slot: entry.slot.rawValue, kind: Nullable(kind), image: entry.image,
      job: Nullable(entry.job?.description), partial: entry.supply.word,
      requestedSeconds: Seconds.of(entry.requested), waitSeconds: Seconds.of(entry.queueWait),
      fetchSeconds: Seconds.of(entry.supply.wait.fetch), verifySeconds: Seconds.of(entry.supply.wait.verification),
      beganSeconds: Seconds.of(entry.began), endedSeconds: Seconds.of(entry.ended),
      portSeconds: Seconds.of(entry.portTime), failure: Nullable(entry.failure))
  }
}

extension PartialSupply {
  fileprivate var word: String {
    switch self {
    case .hit: "hit"
    case .joined: "joined"
    case .cold: "cold"
    }
  }
}
