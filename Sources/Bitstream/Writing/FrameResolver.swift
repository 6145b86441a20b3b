/// Finds the address of each frame of blocks that name only their first.
enum FrameResolver {
  /// By the geometry of a part, in streams for one of its dies.
  case part(Part, die: Int)
  /// Without geometry, by the addresses that a section names, sorted: a block lies in one column where a later frame of
  /// that column is named.
  case named([FrameAddress])

  /// A resolver for a section of a device of unknown geometry; nil where nothing shows that its frames are of the known
  /// size.
  init?(namesIn section: FrameSection) {
    guard section.units.contains(where: { !$0.repetitions.isEmpty }) else { return nil }
    self = .named(section.units.flatMap { [$0.address] + $0.repetitions }.sorted())
  }

  /// The frames that a unit writes, or nil where that is not certain; O(frames · log).
  func frames(of unit: FrameSection.Unit, in words: [UInt32]) -> [(address: FrameAddress, wordOffset: Int)]? {
    guard let count = dataCount(of: unit) else { return nil }
    var frames: [(address: FrameAddress, wordOffset: Int)] = []
    for index in 0..<count {
      guard let address = address(index, after: unit.address) else { return nil }
      frames.append((address, unit.data.lowerBound + index * Part.wordsPerFrame))
    }
    guard unit.repetitions.isEmpty else { return frames + unit.repetitions.map { ($0, unit.lastFrame) } }
    let pads = words[(unit.data.lowerBound + count * Part.wordsPerFrame)..<unit.data.upperBound]
    return pads.allSatisfy { $0 == 0 } ? frames : nil
  }

  /// Frames in the order of their addresses, with what a block of them needs to know; nil if one is written twice.
  func placed(_ frames: [(address: FrameAddress, wordOffset: Int)]) -> [PlacedFrame]? {
    let sorted = frames.sorted { $0.address < $1.address }
    var placed: [PlacedFrame] = []
    placed.reserveCapacity(sorted.count)
    for (index, frame) in sorted.enumerated() {
      let next = index + 1 < sorted.count ? sorted[index + 1].address : nil
      guard next != frame.address else { return nil }
      placed.append(
        PlacedFrame(
          address: frame.address,
          continuesBlock: index > 0 && isSuccessor(frame.address, of: sorted[index - 1].address),
          padCount: padCount(after: frame.address, next: next), wordOffset: frame.wordOffset))
    }
    return placed
  }

  /// The number of frames that the block of a unit writes: without its pads, or the frame that is repeated.
  private func dataCount(of unit: FrameSection.Unit) -> Int? {
    let count = unit.count - 1
    guard count > 0 else { return count }
    switch self {
    case .part(let part, let die):
      guard let first = part.frame(at: unit.address, die: die), let row = part.row(ofFrame: first) else { return nil }
      guard unit.repetitions.isEmpty else { return first + count <= row.upperBound ? count : nil }
      if first + count < row.upperBound { return count }
      return first + count - 1 == row.upperBound ? count - 1 : nil
    case .named(let names):
      let last = Int(unit.address.rawValue) + count - 1
      let next = names.partitioningIndex { $0 > unit.address }
      guard next < names.count, names[next].isInColumn(of: unit.address), Int(names[next].rawValue) > last else {
        return nil
      }
      return count
    }
  }

  private func address(_ index: Int, after first: FrameAddress) -> FrameAddress? {
    switch self {
    case .part(let part, let die): part.frame(at: first, die: die).flatMap { part.address(ofFrame: $0 + index) }
    case .named: FrameAddress(rawValue: first.rawValue &+ UInt32(index))
    }
  }

  private func isSuccessor(_ address: FrameAddress, of previous: FrameAddress) -> Bool {
    switch self {
    case .part(let part, let die):
      guard let frame = part.frame(at: address, die: die), let before = part.frame(at: previous, die: die) else {
        return false
      }
      return frame == before + 1 && part.row(ofFrame: before)?.contains(frame) == true
    case .named: return address.isInColumn(of: previous) && address.rawValue == previous.rawValue &+ 1
    }
  }

  private func padCount(after address: FrameAddress, next: FrameAddress?) -> Int? {
    switch self {
    case .part(let part, let die):
      guard let frame = part.frame(at: address, die: die), let row = part.row(ofFrame: frame) else { return nil }
      return frame + 1 == row.upperBound ? 2 : 1
    case .named: return next.map { $0.isInColumn(of: address) } == true ? 1 : nil
    }
  }
}

extension FrameAddress {
  fileprivate func isInColumn(of other: Self) -> Bool { (rawValue ^ other.rawValue) >> 8 == 0 }
}
