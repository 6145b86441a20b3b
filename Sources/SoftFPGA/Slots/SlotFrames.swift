package import Bitstream

/// The frame memory of one slot.
package struct SlotFrames: Sendable, FrameDestination {
  /// The slot's frames, as sorted runs of the part's ordinals that neither overlap nor touch.
  package let region: [Range<Int>]
  /// The words of the frames, one after the other; empty only in what ``take()`` leaves behind.
  private var words: [UInt32]
  /// Where the words of frame `ordinal` begin: `wordOffset + ordinal * Part.wordsPerFrame`.
  private var wordOffset = 0

  /// Memory for the frames of `region`, in any order, all zeros.
  package init(region: [Range<Int>]) {
    let region = Array(RangeSet(region).ranges)
    self.region = region
    self.words = Array(repeating: 0, count: region.reduce(0) { $0 + $1.count } * Part.wordsPerFrame)
  }

  /// The words of the slot's first frame; zeros where nothing was written.
  package var firstFrame: [UInt32] { Array(words.prefix(Part.wordsPerFrame)) }

  /// Fills the frames with zeros.
  package mutating func erase() {
    var words = self.words.mutableSpan
    for index in words.indices { words[index] = 0 }
  }

  /// Moves the frames out, without a copy of their words.
  package mutating func take() -> SlotFrames {
    let taken = self
    words = []
    return taken
  }

  package mutating func willWrite(_ frames: Range<Int>) throws(BitstreamError) {
    var position = 0
    for run in region {
      if run.lowerBound <= frames.lowerBound, frames.upperBound <= run.upperBound {
        wordOffset = (position - run.lowerBound) * Part.wordsPerFrame
        return
      }
      position += run.count
    }
    throw .frameOutsideRegion(frames: frames, region: region)
  }

  package mutating func write(_ frame: Span<UInt32>, toFrame ordinal: Int) {
    let start = wordOffset + ordinal * Part.wordsPerFrame
    var words = self.words.mutableSpan
    for index in frame.indices { words[start + index] = frame[index] }
  }
}
