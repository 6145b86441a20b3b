public import Digests
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
    var (partials, seen, sure): ([PartialReference], Set<Digest>, Set<Digest>) = ([], [], [])
    let lists = ids.compactMap { known[$0]?.partials }.map { list in
      // A relocatable image has the same partial for every slot.
      guard let first = list.first, list.allSatisfy({ $0.digest == first.digest }) else { return list }
      sure.insert(first.digest)
      return [first]
    }
    for index in 0..<(lists.lazy.map(\.count).max() ?? 0) {
      for list in lists where index < list.count && partials.count < Self.planLimit {
        if seen.insert(list[index].digest).inserted { partials.append(list[index]) }
      }
    }
    memory.plan(partials, sure: sure)
  }

  /// A partial is in memory and verified; gives the partials that must leave memory for it.
  public mutating func fetched(_ partial: PartialReference) throws(ConfigurationError) -> [Digest] {
    guard memory.reading == partial else { throw .notReading(partial.digest) }
    return memory.entered(partial, beside: digestsInUse)
  }

  /// A partial could not be read or did not verify, which no retry mends; gives the requests that fail with it, with
  /// what their slots still hold.
  public mutating func fetchFailed(
    _ partial: PartialReference
  ) throws(ConfigurationError) -> [(request: Request, holding: ImageID?)] {
    guard memory.reading == partial else { throw .notReading(partial.digest) }
    memory.giveUp(partial.digest)
    let failed = waiting.compactMap(\.request).filter { $0.partial.digest == partial.digest }
    waiting.removeAll { $0.request?.partial.digest == partial.digest }
    return failed.map { ($0, slots[$0.slot.rawValue].image) }
  }

  /// Whether a partial is in memory, verified.
  public func holds(_ partial: PartialReference) -> Bool { memory.contains(partial.digest) }

  mutating func nextRead(_ order: [Int]) -> Action? {
    guard memory.reading == nil else { return nil }
    let needed = order.compactMap { waiting[$0].request?.partial }.first { !memory.contains($0.digest) }
    if let needed {
      memory.reading = needed
    } else if memory.mayReadAhead {
      memory.reading = memory.worthReading(beside: digestsInUse)
    }
    return memory.reading.map(Action.fetch)
  }

  private var digestsInUse: Set<Digest> {
    var digests = Set(waiting.compactMap { $0.request?.partial.digest })
    switch port {
    case .idle: break
    case .blanking(let turn, _, _): if let request = turn.request { digests.insert(request.partial.digest) }
    case .writing(let request, _, _, _): digests.insert(request.partial.digest)
    }
    return digests
  }
}
