import BoardAgent
import Digests
import Fabric
import SlotAllocator

/// What a board would refuse or do wrong if it were driven wrongly, and kernels that compute ``Content``.
struct ToyBoard {
  private struct Running {
    let number: Int
    let launch: Launch
    var isAborted = false
  }

  private let descriptor: BoardDescriptor
  private let images: [ImageID: Image]
  private var slots: [SlotID: Digest] = [:]
  private var running: [SlotID: Running] = [:]
  private var writing: SlotID?
  private var isFetching = false
  private var inMemory: Set<BuiltPartial> = []
  private var memory: [JobEpoch: [EdgeName: [Content?]]] = [:]
  private var freeByteCount: Int
  private var launchCount = 0
  private var computed: Set<String> = []

  init(_ descriptor: BoardDescriptor, images: [Image]) {
    self.descriptor = descriptor
    self.images = Dictionary(uniqueKeysWithValues: images.map { ($0.id, $0) })
    self.freeByteCount = descriptor.memoryByteCount
  }

  var isIdle: Bool { running.isEmpty && writing == nil && !isFetching && memory.isEmpty }

  func launches(of execution: JobEpoch) -> Int { running.values.count { $0.launch.execution == execution } }

  /// The kernels that a part of an image runs on its item, in order.
  func kernels(of work: Launch.Work, _ image: ImageID) -> [KernelName] {
    switch images[image]?.function {
    case .kernel(let name): [name]
    case .bundle(.serial, let names): names
    case .bundle(.parallel, let names): [names[work.part]]
    case nil: []
    }
  }

  /// The part that an argument belongs to, as its name says.
  private func part(of argument: Launch.Argument) -> Int {
    argument.name.text.split(separator: ".").dropLast().first.flatMap { Int($0) } ?? 0
  }

  // MARK: Memory

  /// Whether there was room.
  mutating func allocate(_ execution: JobEpoch, _ rings: [Ring]) throws -> Bool {
    guard memory[execution] == nil else { throw Violation(description: "\(execution) has its rings already") }
    let needed = rings.reduce(0) { $0 + $1.capacity * $1.byteCount }
    guard needed <= freeByteCount else { return false }
    freeByteCount -= needed
    memory[execution] = Dictionary(
      uniqueKeysWithValues: rings.map { ($0.edge, [Content?](repeating: nil, count: $0.capacity)) })
    return true
  }

  mutating func adopt(_ execution: JobEpoch, from old: JobEpoch) throws {
    guard let rings = memory.removeValue(forKey: old), memory[execution] == nil, launches(of: old) == 0 else {
      throw Violation(description: "\(old) has no rings for \(execution)")
    }
    memory[execution] = rings
  }

  mutating func free(_ execution: JobEpoch) {
    let rings = memory.removeValue(forKey: execution) ?? [:]
    freeByteCount += rings.values.reduce(0) { $0 + $1.count * Content.maximumByteCount }
  }

  mutating func write(_ content: Content, to execution: JobEpoch, _ edge: EdgeName, _ index: Int) throws {
    guard let count = memory[execution]?[edge]?.count else {
      throw Violation(description: "\(execution) has no ring \(edge)")
    }
    memory[execution]?[edge]?[index % count] = content
  }

  func read(_ execution: JobEpoch, _ edge: EdgeName, _ index: Int) throws -> Content {
    guard let ring = memory[execution]?[edge], let content = ring[index % ring.count] else {
      throw Violation(description: "\(execution) has nothing on \(edge) at \(index)")
    }
    return content
  }

  // MARK: Port

  mutating func beginFetch() throws {
    guard !isFetching else { throw Violation(description: "two partials are read at once") }
    isFetching = true
  }

  mutating func endFetch(_ partial: PartialReference, succeeded: Bool) {
    isFetching = false
    if succeeded { inMemory.insert(partial.built) }
  }

  mutating func evict(_ partial: BuiltPartial) throws {
    guard inMemory.remove(partial) != nil else {
      throw Violation(description: "a partial is evicted that is not there")
    }
  }

  mutating func beginWrite(_ partial: PartialReference) throws {
    guard inMemory.contains(partial.built) else {
      throw Violation(description: "a partial is written that is not in memory")
    }
    try beginPort(partial.slot)
  }

  mutating func endWrite(_ partial: PartialReference, succeeded: Bool) {
    writing = nil
    if succeeded { slots[partial.slot] = partial.digest }
  }

  mutating func beginBlank(_ slot: SlotID) throws { try beginPort(slot) }

  mutating func endBlank() { writing = nil }

  private mutating func beginPort(_ slot: SlotID) throws {
    guard writing == nil else { throw Violation(description: "the port writes \(slot) and another slot") }
    guard running[slot] == nil else { throw Violation(description: "slot \(slot) is written while it runs") }
    writing = slot
    slots[slot] = nil
  }

  // MARK: Launches

  /// Starts a launch; gives its number.
  mutating func beginLaunch(_ launch: Launch, in slot: SlotID) throws -> Int {
    guard running[slot] == nil, writing != slot else { throw Violation(description: "slot \(slot) is busy: \(launch)") }
    guard let partial = images[launch.image]?.partial(for: slot), slots[slot] == partial.digest else {
      throw Violation(description: "slot \(slot) is not configured for \(launch)")
    }
    for work in launch.works {
      for kernel in kernels(of: work, launch.image)
      where !computed.insert("\(launch.execution) \(kernel) \(work.item)").inserted {
        throw Violation(description: "\(kernel) computes an item twice: \(launch)")
      }
    }
    guard Set(launch.arguments.map(part)) == Set(launch.works.map(\.part)) else {
      throw Violation(description: "arguments of other parts than those that work: \(launch)")
    }
    launchCount += 1
    running[slot] = Running(number: launchCount, launch: launch)
    return launchCount
  }

  /// Marks the launch in a slot, if there is one, to end soon.
  mutating func abort(_ slot: SlotID) -> Int? {
    running[slot]?.isAborted = true
    return running[slot]?.number
  }

  /// Ends a launch; nil where that launch has ended before.
  mutating func endLaunch(_ number: Int, in slot: SlotID, failure: BoardError?) throws -> LaunchResult? {
    guard let ended = running[slot], ended.number == number else { return nil }
    running[slot] = nil
    if ended.isAborted { return .failed(.aborted(slot)) }
    if let failure { return .failed(failure) }
    return .finished(try compute(ended.launch))
  }

  /// All inputs are read before anything is written, so that no part sees what another writes in the same launch.
  private mutating func compute(_ launch: Launch) throws -> [WrittenOutput] {
    let values = try launch.works.map { work in
      var values = try inputs(of: work, launch)
      for kernel in kernels(of: work, launch.image) { values = [.output(of: kernel, values)] }
      return values[0]
    }
    var written: [WrittenOutput] = []
    for (work, value) in zip(launch.works, values) {
      for output in launch.arguments where part(of: output) == work.part && output.name.text.hasSuffix("out") {
        try write(value, to: launch.execution, output.edge, output.ringIndex)
        written.append(WrittenOutput(argument: output.name, byteCount: value.byteCount))
      }
    }
    return written
  }

  private func inputs(of work: Launch.Work, _ launch: Launch) throws -> [Content] {
    let arguments = launch.arguments.filter { part(of: $0) == work.part && !$0.name.text.hasSuffix("out") }
    return try arguments.sorted { $0.name < $1.name }.map { input in
      let content = try read(launch.execution, input.edge, input.ringIndex)
      guard content.byteCount == input.byteCount else {
        throw Violation(description: "\(input) has \(content.byteCount) bytes: \(launch)")
      }
      return content
    }
  }
}
