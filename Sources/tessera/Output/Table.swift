/// Text in columns: the first row names them.
struct Table {
  private var rows: [[String]]
  /// Lines below the columns.
  var notes: [String] = []

  init(_ columns: String...) { rows = [columns] }

  /// One line of text only.
  init(line: String) {
    rows = []
    notes = [line]
  }

  mutating func add(_ cells: String...) { rows.append(cells) }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The table, each line ended; the last column is not padded.
  var text: String {
    let count = rows.first?.count ?? 0
    let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        column == count - 1 ? cell.0 : cell.0 + String(repeating: " ", count: cell.1 - cell.0.count)
      }.joined(separator: "  ")
    }
    return (lines + notes).map { $0 + "\n" }.joined()
  }
}
