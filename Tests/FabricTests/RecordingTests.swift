import Fabric
import Synchronization
import Testing

/// A core that says each number doubled, or what it was told to add.
private struct Doubler: ReplayableCore {
  enum Record: Sendable, Codable { case offset(Int) }
  enum Event: Sendable, Codable { case number(Int) }
  enum Action: Sendable, Codable { case say(Int, label: String?) }
  struct Failure: Error {}

  let configuration: Double
  var offset = 0
  init(_ configuration: Double) { self.configuration = configuration }

  mutating func apply(_ record: Record) { if case .offset(let value) = record { offset += value } }

  mutating func handle(_ event: Event, at now: Now, into actions: inout Actions<Action>) {
    guard case .number(let number) = event else { return }
    actions.append(.say(2 * number + offset, label: number == 0 ? "zero/none" : nil))
  }
}

struct RecordingTests {
  @Test func `a recorded run replays to the same bytes`() throws {
    #expect(try Replay<Doubler>.run(recording(numbers: [3, 0, -5], offset: 1)) == 3)
    #expect(try Replay<Doubler>.run(recording(numbers: [], offset: 0)) == 0)
  }

  @Test func `another decision is found in its line`() throws {
    let text = String(decoding: try recording(numbers: [3, 4], offset: 1), as: UTF8.self)
    let error = #expect(throws: ReplayError.self) {
      try Replay<Doubler>.run(Array(text.replacing(":9", with: ":8").utf8))
    }
    guard case .diverged(line: 3, let recorded, let replayed) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(recorded.contains(":8") && replayed.contains(":9"))
  }

  @Test func `a line that a kill cut off is left out`() throws {
    let whole = try recording(numbers: [3, 4], offset: 1)
    #expect(try Replay<Doubler>.run(Array(whole.dropLast())) == 1)
    #expect(try Replay<Doubler>.run(whole + Array("{\"act".utf8)) == 2)
  }

  @Test func `what is no recording is refused`() throws {
    for text in ["", "\n", "{}\n", "{\"configuration\":1.5,\"recovered\":[]}\nx\n"] {
      let error = #expect(throws: ReplayError.self) { try Replay<Doubler>.run(Array(text.utf8)) }
      #expect(error?.code == "replay.unreadable", "\(text)")
    }
  }

  @Test func `a sink that fails ends the recording and says so once`() {
    struct Full: Error {}
    let lines = Mutex(0)
    let failures = Mutex(0)
    let recorder = EventRecorder<Doubler>(
      to: { _ in
        let count = lines.withLock { lines in
          lines += 1
          return lines
        }
        if count == 2 { throw Full() }
      }, onFailure: { _ in failures.withLock { $0 += 1 } })
    recorder.started(1, recovered: [])
    for _ in 0..<3 { recorder.handled(.number(1), at: now, actions: []) }
    #expect(lines.withLock { $0 } == 2)
    #expect(failures.withLock { $0 } == 1)
  }

  private let now = Now(board: BoardInstant(nanoseconds: 1), wall: WallInstant(nanoseconds: .max))

  /// What a driver of a ``Doubler`` records.
  private func recording(numbers: [Int], offset: Int) throws -> [UInt8] {
    let bytes = Mutex<[UInt8]>([])
    let recorder = EventRecorder<Doubler>(
      to: { line in bytes.withLock { $0 += line } }, onFailure: { Issue.record($0) })
    var core = Doubler(0.1)
    core.apply(.offset(offset))
    recorder.started(0.1, recovered: [.offset(offset)])
    var actions = Actions<Doubler.Action>()
    for number in numbers {
      core.handle(.number(number), at: now, into: &actions)
      recorder.handled(.number(number), at: now, actions: actions.drain())
    }
    return bytes.withLock { $0 }
  }
}
