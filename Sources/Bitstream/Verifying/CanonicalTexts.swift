extension BitFile {
  /// Checks that the texts are such as tools write: options that are known, a part's grades, a date, a time.
  ///
  /// - Throws: `BitstreamError.notCanonical`.
  func checkTexts() throws(BitstreamError) {
    let fields = design.split(separator: ";", omittingEmptySubsequences: false)
    guard let name = fields.first, !name.isEmpty, fields.dropFirst().allSatisfy(Self.isOption) else {
      throw .notCanonical("'\(design)' is no design with options", wordOffset: nil)
    }
    guard Set(fields.dropFirst().map { $0.prefix { $0 != "=" } }).count == fields.count - 1 else {
      throw .notCanonical("'\(design)' has an option twice", wordOffset: nil)
    }
    guard Self.isPartName(part) else {
      throw .notCanonical("'\(part)' is no part", wordOffset: nil)
    }
    guard Self.hasForm(date, "dddd/dd/dd", limits: [1980...9999, 1...12, 1...31]) else {
      throw .notCanonical("'\(date)' is no date", wordOffset: nil)
    }
    guard Self.hasForm(time, "dd:dd:dd", limits: [0...23, 0...59, 0...59]) else {
      throw .notCanonical("'\(time)' is no time", wordOffset: nil)
    }
  }

  /// The options seen in real files.
  private static func isOption(_ text: Substring) -> Bool {
    guard let equals = text.firstIndex(of: "=") else { return false }
    let value = text[text.index(after: equals)...]
    switch text[..<equals] {
    case "PARTIAL", "COMPRESS": return value == "TRUE"
    case "UserID": return hasForm(value, "0Xhhhhhhhh")
    case "Version": return hasForm(value, "dddd.d") || hasForm(value, "dddd.d.d")
    default: return false
    }
  }

  /// Whether a name is of lower-case letters, digits and dashes, as `xczu7ev-ffvc1156-2-e` is.
  static func isPartName(_ name: String) -> Bool {
    name.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || byte == UInt8(ascii: "-")
    }
  }

  /// Whether a text has a form, in which `d` stands for a digit, `h` for a hexadecimal digit with upper-case letters, and
  /// anything else for itself; and whether its numbers are in their limits, if there are any.
  private static func hasForm(_ text: some StringProtocol, _ form: String, limits: [ClosedRange<Int>] = []) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let matches = zip(text.utf8, form.utf8).allSatisfy { byte, kind in
      switch kind {
      case UInt8(ascii: "d"): digits ~= byte
      case UInt8(ascii: "h"): digits ~= byte || UInt8(ascii: "A")...UInt8(ascii: "F") ~= byte
      default: byte == kind
      }
    }
    guard matches, text.utf8.count == form.utf8.count else { return false }
    let numbers = text.split { !$0.isWholeNumber }.compactMap { Int($0) }
    return limits.isEmpty || numbers.count == limits.count && zip(limits, numbers).allSatisfy { $0 ~= $1 }
  }
}
