/// The frames of one block type of one die: rows of equal columns, numbered from `firstFrame` on.
struct FrameBlock: Sendable, Hashable {
  let die: Int
  let blockType: Int
  let firstFrame: Int
  let rows: Int
  let framesPerRow: Int
  /// The ordinal within a row at which each column begins, then that of the row's end.
  private let columnStarts: [Int]

  init(die: Int, blockType: Int, firstFrame: Int, rows: Int, columns: [Int]) {
    var starts = [0]
    for minors in columns { starts.append(starts[starts.count - 1] + minors) }
    (self.die, self.blockType, self.firstFrame, self.rows) = (die, blockType, firstFrame, rows)
    columnStarts = starts
    framesPerRow = starts[starts.count - 1]
  }

  var frames: Range<Int> { firstFrame..<firstFrame + rows * framesPerRow }

  /// The frames of a row; nil for a row or a block that there is not.
  func frames(inRow row: Int) -> Range<Int>? {
    guard 0..<rows ~= row, framesPerRow > 0 else { return nil }
    return firstFrame + row * framesPerRow..<firstFrame + (row + 1) * framesPerRow
  }

  /// The frames of a run of columns of a row; nil where one of them is not there.
  func frames(inRow row: Int, columns: ClosedRange<Int>) -> Range<Int>? {
    guard let first = frames(inRow: row)?.lowerBound, columns.lowerBound >= 0,
      columns.upperBound < columnStarts.count - 1
    else { return nil }
    return first + columnStarts[columns.lowerBound]..<first + columnStarts[columns.upperBound + 1]
  }

  func frame(at address: FrameAddress) -> Int? {
    guard address.row < rows, address.column < columnStarts.count - 1 else { return nil }
    let inRow = columnStarts[address.column] + address.minor
    guard inRow < columnStarts[address.column + 1] else { return nil }
    return firstFrame + address.row * framesPerRow + inRow
  }

  /// The address of one of `frames`, by binary search among the columns.
  func address(ofFrame ordinal: Int) -> FrameAddress? {
    guard frames.contains(ordinal) else { return nil }
    let (row, inRow) = (ordinal - firstFrame).quotientAndRemainder(dividingBy: framesPerRow)
    var (low, high) = (0, columnStarts.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if columnStarts[middle] <= inRow { low = middle } else { high = middle }
    }
    return FrameAddress(block: blockType, row: row, column: low, minor: inRow - columnStarts[low])
  }
}
