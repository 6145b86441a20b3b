/// Numbers in Markdown.
enum Figures {
  static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  static func percent(_ fraction: Double, decimals: Int = 1) -> String {
    text(100 * fraction, decimals: decimals) + " %"
  }

  static func text(_ value: Double, decimals: Int = 2) -> String {
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    let digits = String(Int((abs(value) * scale).rounded()))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = value < 0 ? "-" : ""
    return decimals == 0 ? sign + padded : "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
  }
}
