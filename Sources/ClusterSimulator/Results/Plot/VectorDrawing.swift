/// The text of an SVG picture (W3C, Scalable Vector Graphics 1.1), element by element.
///
/// Lengths are in hundredths of a pixel, so that the text is the same on every machine.
struct VectorDrawing {
  /// A length or a place in the picture.
  struct Length: Comparable, Hashable {
    var hundredths: Int
    init(hundredths: Int) { self.hundredths = hundredths }
    init(_ pixels: Int) { self.hundredths = pixels * 100 }
    /// The nearest to so many pixels.
    init(nearest pixels: Double) { self.hundredths = Int((pixels * 100).rounded()) }
    static func < (a: Self, b: Self) -> Bool { a.hundredths < b.hundredths }
    static func + (a: Self, b: Self) -> Self { Self(hundredths: a.hundredths + b.hundredths) }
    static func + (a: Self, b: Int) -> Self { a + Self(b) }
    static func - (a: Self, b: Self) -> Self { Self(hundredths: a.hundredths - b.hundredths) }

    var text: String {
      if hundredths % 100 == 0 { return String(hundredths / 100) }
      let isTenths = hundredths % 10 == 0
      return DecimalText.fixed(Int64(isTenths ? hundredths / 10 : hundredths), scale: isTenths ? 1 : 2)
    }
  }

  enum Anchor: String {
    case start, middle, end
  }

  private(set) var elements = ""

  /// A text whose baseline begins, has its middle or ends at a point; the class of ordinary texts is none.
  mutating func text(_ text: String, x: Length, y: Length, anchor: Anchor = .start, class name: String? = nil) {
    let style = name.map { " class=\"\($0)\"" } ?? ""
    let side = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    elements += "<text\(style) x=\"\(x.text)\" y=\"\(y.text)\"\(side)>\(Self.escaped(text))</text>\n"
  }

  mutating func rectangle(x: Length, y: Length, width: Length, height: Length, class name: String) {
    elements +=
      "<rect class=\"\(name)\" x=\"\(x.text)\" y=\"\(y.text)\" width=\"\(width.text)\" height=\"\(height.text)\"/>\n"
  }

  mutating func line(x1: Length, y1: Length, x2: Length, y2: Length, class name: String) {
    elements +=
      "<line class=\"\(name)\" x1=\"\(x1.text)\" y1=\"\(y1.text)\" x2=\"\(x2.text)\" y2=\"\(y2.text)\"/>\n"
  }

  /// A path with the commands of SVG 1.1, section 8.3; nothing if there are none.
  mutating func path(_ commands: String, class name: String) {
    guard !commands.isEmpty else { return }
    elements += "<path class=\"\(name)\" d=\"\(commands)\"/>\n"
  }

  /// Text as XML character data or an attribute's value (W3C, Extensible Markup Language 1.0, sections 2.2 and 2.4).
  ///
  /// A character that XML cannot hold becomes U+FFFD.
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&apos;"
      case _ where isAllowed(scalar): out.unicodeScalars.append(scalar)
      default: out += "\u{FFFD}"
      }
    }
    return out
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar.value != 0xFFFE && scalar.value != 0xFFFF
  }
}
