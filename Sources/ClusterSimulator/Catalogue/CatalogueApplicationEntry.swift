internal import Fabric

/// An application of a catalogue, as its author wrote it.
struct CatalogueApplicationEntry: ManifestObject {
  enum Key: String, ManifestKey { case slotGoal, optimalSlots, tasks, bundles, notes, provenance, source }
  let slotGoals: ApplicationCatalogue.SlotGoals
  let tasks: [CatalogueTaskEntry]
  let bundles: [CatalogueBundleEntry]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    try fields.checkNotes(.notes, .provenance, .source)
    switch (fields.optional(.slotGoal), fields.optional(.optimalSlots)) {
    case (let goal?, nil): slotGoals = .onlyLittle(try goal.integer(in: 1...Limits.slotsPerBoard))
    case (nil, let goals?): slotGoals = try OptimalSlotsEntry(goals).goals
    default: throw fields.fault(.badShape, "exactly one of 'slotGoal' and 'optimalSlots' is needed")
    }
    tasks = try fields.list(.tasks, count: 1...Limits.tasksPerApplication)
    bundles = try fields.optionalList(.bundles, count: 0...Limits.tasksPerApplication / 2)
    for (index, task) in tasks.enumerated() { try task.check(at: index) }
    for bundle in bundles { try bundle.check(taskCount: tasks.count) }
  }
}

struct CatalogueTaskEntry: ManifestObject {
  enum Key: String, ManifestKey {
    case name, after, kernel, estimateMicrosecondsPerItem, measuredMicrosecondsPerItem, microsecondsPerItem
    case notes, provenance, source
  }
  let name: TaskName
  /// The positions of the tasks whose items it reads, in the order of its arguments.
  let after: [Int]
  let kernel: String
  let estimatedMicroseconds: Int
  let measuredMicroseconds: Int
  private let afterItems: [ManifestItem]

  /// An image has at most so many arguments, and one is the output.
  private static let producers = 0...ManifestRange.arguments.upperBound - 1

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    try fields.checkNotes(.notes, .provenance, .source)
    name = try fields.value(.name)
    kernel = try fields.name(.kernel)
    let afterItems = try fields.item(.after).elements(count: Self.producers)
    self.afterItems = afterItems
    after = try afterItems.map { item throws(ManifestError) in
      try item.integer(in: 0...Limits.tasksPerApplication - 1)
    }
    if let both = fields.optional(.microsecondsPerItem) {
      guard fields.optional(.estimateMicrosecondsPerItem) == nil, fields.optional(.measuredMicrosecondsPerItem) == nil
      else { throw fields.fault(.badShape, "'microsecondsPerItem' stands for both other times, and so without them") }
      measuredMicroseconds = try both.roundedInteger(in: ManifestRange.microseconds)
      estimatedMicroseconds = measuredMicroseconds
    } else {
      estimatedMicroseconds = try fields.item(.estimateMicrosecondsPerItem)
        .roundedInteger(in: ManifestRange.microseconds)
      measuredMicroseconds = try fields.item(.measuredMicrosecondsPerItem)
        .roundedInteger(in: ManifestRange.microseconds)
    }
  }

  /// A task reads from tasks before it only, so that the list is in a topological order.
  func check(at position: Int) throws(ManifestError) {
    for (index, item) in afterItems.enumerated() {
      guard after[index] < position else {
        throw item.fault(.badShape, "task \(position) reads from task \(after[index]), which is not before it")
      }
      guard !after[..<index].contains(after[index]) else {
        throw item.fault(.duplicateName, "it reads from task \(after[index]) twice")
      }
    }
  }
}

struct CatalogueBundleEntry: ManifestObject {
  enum Key: String, ManifestKey { case name, tasks, serial, parallel, notes, provenance, source }
  let name: TaskName
  let tasks: [Int]
  let microsecondsPerLaunch: [BundleMode: Int]
  private let taskItems: [ManifestItem]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    try fields.checkNotes(.notes, .provenance, .source)
    name = try fields.value(.name)
    let taskItems = try fields.item(.tasks).elements(count: ManifestRange.bundleStages)
    self.taskItems = taskItems
    tasks = try taskItems.map { item throws(ManifestError) in
      try item.integer(in: 0...Limits.tasksPerApplication - 1)
    }
    var times: [BundleMode: Int] = [:]
    times[.serial] = try fields.optional(.serial).map { item throws(ManifestError) in
      try LaunchEntry(item).microseconds(launches: "B")
    }
    let parallelLaunches = "B+\(tasks.count - 1)"
    times[.parallel] = try fields.optional(.parallel).map { item throws(ManifestError) in
      try LaunchEntry(item).microseconds(launches: parallelLaunches)
    }
    guard !times.isEmpty else { throw fields.fault(.missingKey, "at least one of 'serial' and 'parallel' is needed") }
    microsecondsPerLaunch = times
  }

  func check(taskCount: Int) throws(ManifestError) {
    for (index, item) in taskItems.enumerated() where tasks[index] >= taskCount {
      throw item.fault(.unknownName, "there is no task \(tasks[index]); there are \(taskCount)")
    }
  }
}

private struct LaunchEntry: ManifestObject {
  enum Key: String, ManifestKey { case microsecondsPerLaunch, launches, notes, provenance, source }
  private let microseconds: Int
  private let launches: ManifestItem

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    try fields.checkNotes(.notes, .provenance, .source)
    microseconds = try fields.item(.microsecondsPerLaunch).roundedInteger(in: ManifestRange.microseconds)
    launches = try fields.item(.launches)
  }

  /// The time of a launch, where a batch of B items takes that many launches.
  func microseconds(launches needed: String) throws(ManifestError) -> Int {
    _ = try launches.parsed("'\(needed)', the launches for a batch of B items") { $0 == needed ? $0 : nil }
    return microseconds
  }
}

private struct OptimalSlotsEntry: ManifestObject {
  enum Key: String, ManifestKey { case onlyLittle, bigLittleLittle, bigLittleBig, notes, provenance, source }
  let goals: ApplicationCatalogue.SlotGoals

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    try fields.checkNotes(.notes, .provenance, .source)
    let range = 1...Limits.slotsPerBoard
    goals = .byLayout(
      onlyLittle: try fields.integer(.onlyLittle, in: range),
      bigLittleLittle: try fields.integer(.bigLittleLittle, in: range),
      bigLittleBig: try fields.integer(.bigLittleBig, in: range))
  }
}
