public import Fabric

/// Storage and memory.
extension ConfigurationQueue {
  /// Says which of the board's images its jobs will probably need, the first first.
  ///
  /// Their partials are read whenever storage has nothing else to do: first one of each image, then the next of each.
  /// The same order says what stays in memory. Where there is no room, only a partial that serves all slots of its
  /// image is read in the place of what is needed later: which slot it will be is a guess. Beyond ``planLimit``
  /// partials nothing is noted, since to read ahead is a chance and no promise.
  public mutating func plan(_ ids: [ImageID], of known: [ImageID: Image]) {
    guard ids != plannedImages else { return }
    plannedImages = ids
    let lists = ids.compactMap { known[$0]?.partials }.map { list in
      // A relocatable image has the same partial for every slot.
      guard let first = list.first, list.allSatisfy({ $0.built == first.built }) else {
        return list.map { ImageMemory.Planned(partial: $0, isSure: false) }
      }
      return [ImageMemory.Planned(partial: first, isSure: true)]
    }
    var (planned, seen): ([ImageMemory.Planned], Set<BuiltPartial>) = ([], [])
    for index in 0..<(lists.lazy.map(\.count).max() ?? 0) {
      for list in lists where index < list.count && planned.count < Self.planLimit {
        if seen.insert(list[index].partial.built).inserted { planned.append(list[index]) }
      }
    }
    memory.plan(planned)
  }

  /// A partial is in memory and verified; gives the partials that must leave memory for it.
  public mutating func fetched(_ partial: PartialReference) throws(ConfigurationError) -> [BuiltPartial] {
    guard memory.reading == partial else { throw .notReading(partial.digest) }
    return memory.entered(partial, beside: partialsInUse)
  }

  /// A partial could not be read or did not verify, which no retry mends; gives the requests that fail with it, with
  /// what their slots still hold.
  public mutating func fetchFailed(
    _ partial: PartialReference
  ) throws(ConfigurationError) -> [(request: Request, holding: ImageID?)] {
    guard memory.reading == partial else { throw .notReading(partial.digest) }
    memory.giveUp(partial.built)
    let failed = waiting.compactMap(\.request).filter { $0.partial.built == partial.built }
    waiting.removeAll { $0.request?.partial.built == partial.built }
    return failed.map { ($0, slots[$0.slot.rawValue].image) }
  }

  /// Whether a partial is in memory, verified.
  public func holds(_ partial: PartialReference) -> Bool { memory.contains(partial.built) }

  mutating func nextRead(_ order: [Int]) -> Action? {
    guard memory.reading == nil else { return nil }
    let needed = order.compactMap { waiting[$0].request?.partial }.first { !memory.contains($0.built) }
    if let needed {
      memory.reading = needed
    } else if memory.mayReadAhead {
      memory.reading = memory.worthReading(beside: partialsInUse)
    }
    return memory.reading.map(Action.fetch)
  }

  /// Of what waits and what the port works on; at most one for each slot.
  private var partialsInUse: [BuiltPartial] {
    var partials = waiting.compactMap { $0.request?.partial.built }
    switch port {
    case .idle: break
    case .blanking(let turn, _, _): if let request = turn.request { partials.append(request.partial.built) }
    case .writing(let request, _, _, _): partials.append(request.partial.built)
    }
    return partials
  }
}
