/// The free part of a memory, as runs of addresses from which pieces are cut, first fit.
package struct FreeRuns: Sendable, Hashable {
  /// Sorted; no two overlap or touch, none is empty.
  package private(set) var runs: [Range<Int>]

  /// A memory that is all free.
  package init(_ all: Range<Int>) { runs = all.isEmpty ? [] : [all] }

  /// The longest piece that could be taken; O(runs).
  package var longest: Int { runs.reduce(0) { max($0, $1.count) } }

  /// Cuts `count` addresses, at least 1, from the first run that has as many; O(runs).
  package mutating func take(_ count: Int) -> Range<Int>? {
    guard count > 0, let index = runs.firstIndex(where: { $0.count >= count }) else { return nil }
    let run = runs[index]
    let taken = run.lowerBound..<run.lowerBound + count
    if taken == run { runs.remove(at: index) } else { runs[index] = taken.upperBound..<run.upperBound }
    return taken
  }

  /// Gives a piece back that was taken, joining it to the runs that it touches; O(runs).
  package mutating func giveBack(_ piece: Range<Int>) {
    guard !piece.isEmpty else { return }
    // The first run behind the piece, by bisection.
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].lowerBound < piece.upperBound { low = middle + 1 } else { high = middle }
    }
    let touchesBefore = low > 0 && runs[low - 1].upperBound == piece.lowerBound
    let touchesAfter = low < runs.count && runs[low].lowerBound == piece.upperBound
    let start = touchesBefore ? runs[low - 1].lowerBound : piece.lowerBound
    let end = touchesAfter ? runs[low].upperBound : piece.upperBound
    runs.replaceSubrange(low - (touchesBefore ? 1 : 0)..<low + (touchesAfter ? 1 : 0), with: [start..<end])
  }
}
