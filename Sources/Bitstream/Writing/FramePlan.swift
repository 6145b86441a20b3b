/// A frame to write, and where its words are found.
struct PlacedFrame {
  let address: FrameAddress
  /// Whether a block can go on with it after the frame before it in the list.
  let continuesBlock: Bool
  /// The pad frames of a block that ends with it; nil where the end of its row is not known, so that no block may.
  let padCount: Int?
  /// Where its `Part.wordsPerFrame` words begin in the words given beside it.
  let wordOffset: Int

  /// The words' place.
  var data: Range<Int> { wordOffset..<wordOffset + Part.wordsPerFrame }
}

/// How to write frames in few words: in blocks, or one frame of equal ones and its repetition at the addresses of the rest.
///
/// As in real compressed files a repetition stays in one row of one block type. Which contents to repeat is decided by
/// what it saves at the present state of the others, the most frequent first: a frame taken out of a block may cut it in
/// two, and each block costs a header and a pad frame.
struct FramePlan {
  /// One thing to write, in the order of the first frames.
  enum Step {
    /// Consecutive frames, then pads.
    case block(Range<Int>)
    /// A block as above, empty or not, with the frame to repeat in place of its pad, then its repetitions: indices of frames.
    case repetition(after: Range<Int>, frames: [Int])
  }

  private(set) var steps: [Step] = []

  /// Plans frames that are in the order of their addresses and each written once; expected O(frames · log frames).
  init(_ frames: [PlacedFrame], words: [UInt32]) {
    var start = 0
    for end in 1..<frames.count + 1 {
      guard end == frames.count || !frames[end].address.isInRow(of: frames[start].address) else { continue }
      var row = RowPlan(frames, range: start..<end, words: words)
      row.chooseRepetitions()
      row.appendSteps(to: &steps)
      start = end
    }
  }
}

extension FrameAddress {
  /// Whether both are in the same row of the same block type.
  fileprivate func isInRow(of other: Self) -> Bool { (rawValue ^ other.rawValue) >> 18 == 0 }
}

/// The plan of one row of one block type.
private struct RowPlan {
  private let frames: [PlacedFrame]
  private let range: Range<Int>
  /// The indices of the frames of each content, by first occurrence.
  private var classes: [[Int]] = []
  /// The class that a frame is written with, or nil if it is written in a block; by index in the range.
  private var chosen: [Int?]

  init(_ frames: [PlacedFrame], range: Range<Int>, words: [UInt32]) {
    self.frames = frames
    self.range = range
    chosen = Array(repeating: nil, count: range.count)
    var numbers: [FrameContent: Int] = [:]
    for index in range {
      let content = FrameContent(words: words[frames[index].data])
      if let number = numbers[content] {
        classes[number].append(index)
      } else {
        numbers[content] = classes.count
        classes.append([index])
      }
    }
  }

  mutating func chooseRepetitions() {
    let order = classes.indices.sorted { (-classes[$0].count, $0) < (-classes[$1].count, $1) }
    for number in order where mustRepeat(number) { choose(number) }
    for number in order where classes[number].count > 1 && !isChosen(number) {
      let blockCost = choose(number)
      let cost = Cost.repetition + classes[number].count * Cost.address(block: block)
      if blockCost + cost >= 0 { release(number) }
    }
  }

  func appendSteps(to steps: inout [FramePlan.Step]) {
    var blockStart = range.lowerBound
    for index in range {
      guard let number = chosen[index - range.lowerBound] else {
        if index > blockStart, !frames[index].continuesBlock {
          steps.append(.block(blockStart..<index))
          blockStart = index
        }
        continue
      }
      var block = blockStart..<index
      blockStart = index + 1
      let isFirst = classes[number][0] == index
      if !block.isEmpty, !isFirst || !frames[index].continuesBlock {
        steps.append(.block(block))
        block = index..<index
      }
      if isFirst { steps.append(.repetition(after: block, frames: classes[number])) }
    }
    if blockStart < range.upperBound { steps.append(.block(blockStart..<range.upperBound)) }
  }

  private var block: Int { frames[range.lowerBound].address.block }

  private func mustRepeat(_ number: Int) -> Bool { classes[number].contains { frames[$0].padCount == nil } }

  private func isChosen(_ number: Int) -> Bool { chosen[classes[number][0] - range.lowerBound] != nil }

  /// Takes the frames of a class out of their blocks; returns what the blocks then cost more, in words.
  @discardableResult
  private mutating func choose(_ number: Int) -> Int {
    var cost = 0
    for index in classes[number] {
      let neighbours = (isInBlock(index, with: index - 1) ? 1 : 0) + (isInBlock(index + 1, with: index) ? 1 : 0)
      cost += (neighbours - 1) * Cost.block - Part.wordsPerFrame
      chosen[index - range.lowerBound] = number
    }
    // The frame to repeat takes the place of the pad before it.
    let first = classes[number][0]
    if frames[first].continuesBlock, first > range.lowerBound, chosen[first - 1 - range.lowerBound] == nil {
      cost -= Cost.block
    }
    return cost
  }

  private mutating func release(_ number: Int) {
    for index in classes[number] { chosen[index - range.lowerBound] = nil }
  }

  /// Whether a frame goes on the block of its neighbour before it, if both are written in blocks.
  private func isInBlock(_ index: Int, with previous: Int) -> Bool {
    guard range.contains(index), range.contains(previous), frames[index].continuesBlock else { return false }
    // One of the two is the frame that is about to be taken out.
    return chosen[index - range.lowerBound] == nil && chosen[previous - range.lowerBound] == nil
  }
}

/// The words of a frame, hashed as bytes: several times as fast as word by word.
private struct FrameContent: Hashable {
  let words: ArraySlice<UInt32>

  func hash(into hasher: inout Hasher) { words.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

/// What the forms cost, in words.
private enum Cost {
  /// FAR, WCFG, NOOP, FDRI and a pad frame.
  static let block = 6 + Part.wordsPerFrame
  /// A repetition of no frames: a block of its one content, MFW and its pauses, NULL.
  static let repetition =
    block + 2 + Repetition.noOperationsAfterCommand + Repetition.noOperationsAfterFirstAddress - 1 + 3

  /// One address of a repetition: FAR, NOOP, MFWR and the pause.
  static func address(block: Int) -> Int {
    4 + Repetition.dummyWords.count + Repetition.noOperations(afterBlock: block)
  }

  /// A block, pads or the frame to repeat included.
  static func block(frameCount: Int) -> Int {
    let wordCount = frameCount * Part.wordsPerFrame
    return wordCount + (wordCount > PacketEmitter.maximumShortCount ? 7 : 6)
  }
}

extension FramePlan {
  /// The words that the plan takes.
  func wordCount(of frames: [PlacedFrame]) -> Int {
    steps.reduce(0) { sum, step in
      switch step {
      case .block(let range):
        return sum + Cost.block(frameCount: range.count + (frames[range.upperBound - 1].padCount ?? 1))
      case .repetition(let block, let repeated):
        let addresses = repeated.reduce(0) { $0 + Cost.address(block: frames[$1].address.block) }
        return sum + Cost.block(frameCount: block.count + 1) + Cost.repetition - Cost.block + addresses
      }
    }
  }
}

extension PacketEmitter {
  /// Writes frames as planned, in O(frames).
  mutating func append(_ plan: FramePlan, of frames: [PlacedFrame], from source: [UInt32]) {
    let start = words.count
    for step in plan.steps {
      switch step {
      case .block(let range):
        let padCount = frames[range.upperBound - 1].padCount ?? 1
        beginBlock(at: frames[range.lowerBound].address, frameCount: range.count + padCount)
        for index in range { appendFrameData(source.span.extracting(frames[index].data)) }
        appendPads(padCount)
      case .repetition(let block, let repeated):
        guard let first = repeated.first else { continue }
        beginBlock(at: frames[block.first ?? first].address, frameCount: block.count + 1)
        for index in block { appendFrameData(source.span.extracting(frames[index].data)) }
        appendFrameData(source.span.extracting(frames[first].data))
        appendRepetitions(at: repeated.lazy.map { frames[$0].address })
      }
    }
    assert(words.count - start == plan.wordCount(of: frames))
  }

  /// Begins a block by the shortest header that holds its length.
  private mutating func beginBlock(at address: FrameAddress, frameCount: Int) {
    let wordCount = frameCount * Part.wordsPerFrame
    beginBlock(at: address, wordCount: wordCount, isLong: wordCount > Self.maximumShortCount)
  }
}
