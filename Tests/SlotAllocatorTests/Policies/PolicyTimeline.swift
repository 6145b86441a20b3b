import Fabric
import SlotAllocator
import Testing

/// A chain of tasks, with the seconds that each takes for an item, and bundles of some of them.
struct TimedChain {
  struct Bundle {
    let tasks: Range<Int>
    let serialSeconds: Int
    let parallelSeconds: Int
  }

  let name: String
  /// The tasks are called by the chain's name and their number.
  let seconds: [Int]
  var bundles: [Bundle] = []

  fileprivate func kernel(_ task: Int) -> String { "\"tests/\(name)\(task)@1\"" }

  func decoded() throws -> Application {
    let tasks = seconds.enumerated().map { task, seconds in
      """
      {"name": "\(name)\(task)", "kernel": \(kernel(task)), "estimatedMicrosecondsPerItem": \(seconds * 1_000_000),
       "measuredMicrosecondsPerItem": \(seconds * 1_000_000)}
      """
    }
    let edges = (0...seconds.count).map { edge in
      let from = edge == 0 ? "" : "\"from\": \"\(name)\(edge - 1).o0\","
      let to = edge == seconds.count ? "" : "\"to\": [\"\(name)\(edge).i0\"],"
      return "{\"name\": \"e\(edge)\", \(from) \(to) \"maximumByteCount\": 1}"
    }
    let bundles = bundles.map { bundle in
      """
      {"name": "\(name)-\(bundle.tasks.lowerBound)", "tasks": [\(bundle.tasks.map { "\"\(name)\($0)\"" }.joined(separator: ","))],
       "microsecondsPerLaunch": {"serial": \(bundle.serialSeconds * 1_000_000), "parallel": \(bundle.parallelSeconds * 1_000_000)}}
      """
    }
    return try Application(
      manifest: Array(
        """
        {"schema": 1, "name": "\(name)", "tasks": [\(tasks.joined(separator: ","))],
         "edges": [\(edges.joined(separator: ","))], "bundles": [\(bundles.joined(separator: ","))]}
        """.utf8))
  }

  /// An image of each task for the Little slots, and of both variants of each bundle for the Big ones.
  fileprivate func images(for kinds: [SlotKind]) throws -> [Image] {
    var images = try seconds.indices.map { task in
      try image("\(name)\(task)", "{\"kernel\": \(kernel(task))}", .little, stages: [""], on: kinds)
    }
    guard kinds.contains(.big) else { return images }
    for bundle in bundles {
      let kernels = bundle.tasks.map(kernel).joined(separator: ",")
      let title = bundle.tasks.map { "\(name)\($0)" }.joined(separator: "-")
      for (mode, stages) in [
        ("serial", [""]), ("parallel", bundle.tasks.indices.map { "\($0 - bundle.tasks.lowerBound)." }),
      ] {
        images.append(
          try image(
            "\(title)-\(mode)", "{\"bundle\": {\"mode\": \"\(mode)\", \"kernels\": [\(kernels)]}}", .big,
            stages: stages, on: kinds))
      }
    }
    return images
  }

  private func image(
    _ title: String, _ function: String, _ kind: SlotKind, stages: [String], on kinds: [SlotKind]
  ) throws -> Image {
    let names = stages.flatMap { [("\($0)i0", "input"), ("\($0)o0", "output")] }
    let arguments = names.enumerated().map { index, argument in
      """
      {"name": "\(argument.0)", "direction": "\(argument.1)", "addressOffset": \(16 + 16 * index), "byteCountOffset": \(24 + 16 * index)}
      """
    }
    let digest = String(repeating: "0a", count: 32)
    let partials = kinds.indices.filter { kinds[$0] == kind }.map {
      "{\"slot\": \($0), \"sha256\": \"\(digest)\", \"byteCount\": 1}"
    }
    return try Image(
      manifest: Array(
        """
        {"schema": 1, "name": "\(title)", "function": \(function), "model": "tests", "shell": "\(digest)",
         "slotKind": "\(kind.rawValue)", "microsecondsPerLaunch": 1, "arguments": [\(arguments.joined(separator: ","))],
         "partials": [\(partials.joined(separator: ","))]}
        """.utf8))
  }
}

/// A board under a policy in whole seconds, whose decisions are compared with those worked by hand.
///
/// Inputs are there from the start, results are taken at once, one image is written at a time, in the order asked for.
struct PolicyTimeline {
  private struct Job {
    let execution: JobEpoch
    let application: Application
    let images: [Image]
    let items: Int
    let priority: Int
    let arrival: BoardInstant
  }
  private enum End: Hashable { case launch(SlotID), configuration(SlotID) }

  private let kinds: [SlotKind]
  private let littleSeconds: Int
  private let bigSeconds: Int
  /// Slots whose first configuration fails for good.
  private let broken: Set<Int>
  private var scheduler: BoardScheduler
  private var jobs: [Job] = []
  private var ends: [(at: BoardInstant, end: End)] = []
  private var portFree = BoardInstant(nanoseconds: 0)
  private var images: [ImageID: Image] = [:]
  private var lines: [String] = []

  init(_ policy: PolicyName, on kinds: [SlotKind], littleSeconds: Int, bigSeconds: Int = 0, broken: Set<Int> = [])
    throws
  {
    self.kinds = kinds
    self.littleSeconds = littleSeconds
    self.bigSeconds = bigSeconds
    self.broken = broken
    self.scheduler = BoardScheduler(
      policy: policy.policy(), slots: try makeBoard(kinds).slots,
      configurationTimes: ConfigurationTimes(littleSeconds: Double(littleSeconds), bigSeconds: Double(bigSeconds)),
      durations: .given)
  }

  /// Jobs are numbered from 1 in the order of these calls, which is that of their arrivals.
  mutating func submit(_ chain: TimedChain, items: Int, priority: Int, at seconds: Int) throws {
    let images = try chain.images(for: kinds)
    for image in images { self.images[image.id] = image }
    jobs.append(
      Job(
        execution: job(UInt64(jobs.count + 1)), application: try chain.decoded(), images: images, items: items,
        priority: priority, arrival: Self.instant(seconds)))
  }

  /// Runs until every job has ended, and tells what was begun: `SECONDS configure|launch sSLOT JOB: WHAT`, and `SECONDS end JOB`.
  mutating func run() throws -> [String] {
    var now = BoardInstant(nanoseconds: 0)
    var arrived = 0
    while true {
      try takeEnds(now)
      while arrived < jobs.count, jobs[arrived].arrival <= now {
        try admit(jobs[arrived], now)
        arrived += 1
      }
      for action in scheduler.next(at: now, mayLaunch: true) { begin(action, now) }
      let next = [ends.map(\.at).min(), arrived < jobs.count ? jobs[arrived].arrival : nil, scheduler.nextUpdate]
      guard !scheduler.board.jobs.isEmpty || arrived < jobs.count, let next = next.compactMap(\.self).min() else {
        return lines
      }
      try #require(next > now && next < Self.instant(1000), "the board stands still")
      now = next
    }
  }

  private mutating func admit(_ job: Job, _ now: BoardInstant) throws {
    let stages = StagePlanner.stages(
      for: job.application, images: job.images, progress: Progress(of: job.application, finished: 0))
    scheduler.admit(
      job.execution, priority: job.priority, stages: try #require(stages), flow: job.application.flow(items: job.items),
      isReserved: false, at: now)
    for _ in 0..<job.items { scheduler.itemLoaded(job.execution, byteCount: 1) }
  }

  private mutating func takeEnds(_ now: BoardInstant) throws {
    let due = ends.filter { $0.at <= now }
    ends.removeAll { $0.at <= now }
    for case (_, .launch(let slot)) in due {
      guard let execution = try scheduler.launchFinished(slot, written: [:], at: now),
        let flow = scheduler.flow(of: execution)
      else { continue }
      scheduler.itemsCommitted(execution, through: flow.resultCount)
      guard flow.isComputed else { continue }
      scheduler.remove(execution)
      lines.append("\(Self.seconds(now)) end \(execution.job)")
    }
    for case (_, .configuration(let slot)) in due {
      if broken.contains(slot.rawValue) {
        try scheduler.configurationFailed(slot, isQuarantined: true)
      } else {
        try scheduler.slotConfigured(slot)
      }
    }
  }

  private mutating func begin(_ action: BoardScheduler.Action, _ now: BoardInstant) {
    switch action {
    case .configure(let slot, let image, let execution):
      let seconds = kinds[slot.rawValue] == .big ? bigSeconds : littleSeconds
      portFree = max(portFree, now) + .seconds(seconds)
      ends.append((portFree, .configuration(slot)))
      lines.append("\(Self.seconds(now)) configure s\(slot.rawValue) \(execution.job): \(images[image]?.name ?? "?")")
    case .launch(let slot, let launch):
      guard let assignment = scheduler.board[slot]?.assignment, let job = scheduler.board.job(assignment.execution)
      else { return }
      ends.append((now + .seconds(job.launchSeconds[assignment.stage]), .launch(slot)))
      let works = launch.works.map { work in
        let tasks = job.stages[assignment.stage].parts[work.part].tasks.map { job.flow.application.tasks[$0].name.text }
        return "\(tasks.joined(separator: "+"))[\(work.item)]"
      }
      lines.append(
        "\(Self.seconds(now)) launch s\(slot.rawValue) \(launch.execution.job): \(works.joined(separator: " "))")
    }
  }

  private static func instant(_ seconds: Int) -> BoardInstant {
    BoardInstant(nanoseconds: Int64(seconds) * 1_000_000_000)
  }

  /// Whole seconds; tenths where there are any.
  private static func seconds(_ instant: BoardInstant) -> String {
    let tenths = instant.nanoseconds / 100_000_000
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
