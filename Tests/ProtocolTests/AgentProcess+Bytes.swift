import BoardAgent
import Fabric
import Messages

/// A job's bytes: they end in their events, unless the job is freed first.
extension AgentProcess {
  func performJobAction(_ action: AgentAction) throws {
    switch action {
    case .allocate(let execution, let rings): begin(execution, 1...5) { try $0.allocate(execution, rings) }
    case .adopt(let execution, let old):
      guard freeing.isDisjoint(with: [execution, old]) else { throw Violation(description: "adopted what is freed") }
      try toy.adopt(execution, from: old)
    case .free(let execution):
      guard toy.launches(of: execution) == 0 else {
        throw Violation(description: "\(execution) is freed while it runs")
      }
      cancelled.formUnion(underway[execution] ?? [])
      freeing.insert(execution)
      endFree(execution)
    case .restore(let execution, let items): begin(execution, 1...9) { try $0.restore(execution, items) }
    case .load(let execution, let place, let blob): begin(execution, 1...9) { try $0.load(execution, place, blob) }
    case .store(let execution, let place, let count): begin(execution, 1...9) { try $0.store(execution, place, count) }
    case .save(let execution, let items): begin(execution, 1...9) { try $0.save(execution, items) }
    case .deliver(let execution, let items, let endpoint):
      begin(execution, 1...30) { try $0.deliver(execution, items, to: endpoint) }
    default: break
    }
  }

  private func begin(
    _ execution: JobEpoch, _ milliseconds: ClosedRange<Int>, _ body: @escaping (AgentProcess) throws -> Void
  ) {
    actionCount += 1
    let number = actionCount
    underway[execution, default: []].insert(number)
    later(milliseconds) { agent in
      agent.underway[execution]?.remove(number)
      let isCancelled = agent.cancelled.remove(number) != nil
      if agent.underway[execution]?.isEmpty == true { agent.underway[execution] = nil }
      agent.endFree(execution)
      if !isCancelled { try body(agent) }
    }
  }

  private func endFree(_ execution: JobEpoch) {
    guard freeing.contains(execution), underway[execution]?.contains(where: cancelled.contains) != true else { return }
    freeing.remove(execution)
    toy.free(execution)
  }

  /// Whether this time it goes wrong.
  func fails() -> Refusal? {
    guard world.random.happens(world.weather.fault) else { return nil }
    hadFaults = true
    return Refusal(code: "toy.fault", message: "the toy world is like that", hint: "wait for better weather")
  }

  private func allocate(_ execution: JobEpoch, _ rings: [Ring]) throws {
    // The rings of an earlier reservation of the same name go first.
    if freeing.contains(execution) { return begin(execution, 1...5) { try $0.allocate(execution, rings) } }
    if let refusal = fails() { return try take(.allocated(execution, .failure(refusal))) }
    guard try toy.allocate(execution, rings) else {
      let error = BoardError.outOfMemory(requestedByteCount: 1, freeByteCount: 0)
      return try take(.allocated(execution, .failure(Refusal(error))))
    }
    try take(.allocated(execution, .success(Nothing())))
  }

  private func restore(_ execution: JobEpoch, _ items: [SavedItem]) throws {
    for item in items {
      guard blobs.contains(item.blob) else {
        let missing = StoreError.corrupt("the blob \(item.blob.digest) is not there")
        return try take(.restored(execution, .failure(Refusal(missing))))
      }
      try toy.write(try world.content(of: item.blob), to: execution, item.edge, item.item)
    }
    try take(.restored(execution, .success(Nothing())))
  }

  private func load(_ execution: JobEpoch, _ place: RingItem, _ blob: BlobReference) throws {
    guard world.broker.isUp, !isCut else { return begin(execution, 100...200) { try $0.load(execution, place, blob) } }
    if let refusal = fails() { return try take(.loaded(execution, item: place.item, .failure(refusal))) }
    let content = try world.content(of: blob)
    try toy.write(content, to: execution, place.edge, place.ringIndex)
    try take(.loaded(execution, item: place.item, .success(content.byteCount)))
  }

  private func store(_ execution: JobEpoch, _ place: RingItem, _ count: Int) throws {
    let blob = try read(execution, place, count)
    guard world.broker.isUp, !isCut else {
      return begin(execution, 100...200) { try $0.store(execution, place, count) }
    }
    if let refusal = fails() { return try take(.stored(execution, item: place.item, .failure(refusal))) }
    try world.broker.put(blob)
    try take(.stored(execution, item: place.item, .success(blob)))
  }

  private func save(_ execution: JobEpoch, _ items: [SavedRingItem]) throws {
    guard toy.launches(of: execution) == 0 else { throw Violation(description: "\(execution) is saved while it runs") }
    let saved = try items.map { item in
      SavedItem(edge: item.place.edge, item: item.place.item, blob: try read(execution, item.place, item.byteCount))
    }
    if let refusal = fails() { return try take(.saved(execution, .failure(refusal))) }
    try take(.saved(execution, .success(saved)))
  }

  private func read(_ execution: JobEpoch, _ place: RingItem, _ byteCount: Int) throws -> BlobReference {
    let content = try toy.read(execution, place.edge, place.ringIndex)
    guard content.byteCount == byteCount else {
      throw Violation(
        description: "\(place) of \(execution) has \(content.byteCount) bytes, \(byteCount) were asked for")
    }
    let blob = world.remember(content)
    blobs.insert(blob)
    return blob
  }

  private func deliver(_ execution: JobEpoch, _ items: [SavedItem], to endpoint: String) throws {
    guard let seal = records.lastIndex(where: { if case .sealed(execution, _) = $0 { true } else { false } }),
      seal < synced
    else { throw Violation(description: "\(execution) is delivered before its seal is durable") }
    let destination = world.agents.first { "tcp://agent-\($0.index)" == endpoint }
    guard let destination, destination.isUp, !destination.isCut, !isCut,
      !world.random.happens(world.weather.undelivered)
    else {
      return try take(.delivered(execution, .failure(Refusal(TransportError.badEndpoint(endpoint)))))
    }
    destination.blobs.formUnion(items.map(\.blob))
    try take(.delivered(execution, .success(Nothing())))
  }
}
