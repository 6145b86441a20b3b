internal import Fabric

/// What one slot did, in columns of equal time: as fine as a picture shows it, however many spans there are.
struct SlotTimeline {
  /// Adjacent columns in which the slot mostly did the same.
  struct Run: Equatable {
    var columns: Range<Int>
    var fill: Fill
  }

  enum Fill: Hashable {
    case configuring
    /// Running an application, by its colour.
    case running(Int)
  }

  /// At most one run for each column.
  private(set) var runs: [Run] = []
  private let nanosecondsPerColumn: Int64
  /// For the column that is being filled: the time that each fill has in it, in the order in which they came.
  private var column = 0
  private var shares: [(fill: Fill, nanoseconds: Int64)] = []

  /// Divides the spans of one slot, which begin in their order, among the columns of a picture that ends with `end`.
  ///
  /// A column belongs to what fills most of it, and to nothing if less than half is filled. O(spans + columns).
  init(_ spans: [(begin: Duration, end: Duration, fill: Fill)], end: Duration, columnCount: Int) {
    nanosecondsPerColumn = max(1, (end.nanoseconds - 1) / Int64(columnCount) + 1)
    for span in spans {
      var begin = max(0, span.begin.nanoseconds)
      let end = min(span.end.nanoseconds, Int64(columnCount) * nanosecondsPerColumn)
      while begin < end {
        let index = Int(begin / nanosecondsPerColumn)
        if index != column { close(next: index) }
        let border = min(end, Int64(index + 1) * nanosecondsPerColumn)
        add(span.fill, border - begin)
        begin = border
      }
    }
    close(next: columnCount)
  }

  private mutating func add(_ fill: Fill, _ nanoseconds: Int64) {
    if let index = shares.firstIndex(where: { $0.fill == fill }) {
      shares[index].nanoseconds += nanoseconds
    } else {
      shares.append((fill, nanoseconds))
    }
  }

  private mutating func close(next: Int) {
    let filled = shares.reduce(0) { $0 + $1.nanoseconds }
    if let most = shares.max(by: { $0.nanoseconds < $1.nanoseconds }), filled >= nanosecondsPerColumn - filled {
      if let last = runs.last, last.fill == most.fill, last.columns.upperBound == column {
        runs[runs.count - 1].columns = last.columns.lowerBound..<(column + 1)
      } else {
        runs.append(Run(columns: column..<(column + 1), fill: most.fill))
      }
    }
    column = next
    shares.removeAll(keepingCapacity: true)
  }
}
