/// The same facts for people: a table of the file, then one of each kind of thing in it.
extension InspectionReport {
  /// The most lines of one kind that a table shows; JSON shows more.
  private static let maximumLineCount = 40

  var table: Table {
    var table = Table("FILE", file)
    for (name, value) in facts { table.add(name, value) }
    table.notes = [sectionTable, streamTable, registerTable, commandTable, frameTable, crcTable].flatMap {
      $0.map { [""] + $0.text.split(separator: "\n").map(String.init) } ?? []
    }
    if let fault = fault.value { table.notes += ["", "fault: \(fault.code): \(fault.message)"] }
    return table
  }

  private var facts: [(String, String)] {
    var facts = [("format", format), ("bytes", "\(byteCount)")]
    func add(_ name: String, _ value: String?) {
      if let value { facts.append((name, value)) }
    }
    add("words", wordOrder.value.map { $0 == "bigEndian" ? "highest byte first" : "lowest byte first" })
    add("design", design.value)
    add("part", part.value)
    add("built", date.value.map { "\($0) \(time.value ?? "")" })
    add("xclbin", xclbin.value.map { "version \($0.version), platform \($0.platform), uuid \($0.uuid)" })
    add("device", device.value.map { Self.device($0, deviceNames) + (family.value.map { ", \($0)" } ?? "") })
    add("partial", partial.value.map { $0 ? "yes" : "no, for the whole device" } ?? "not known")
    add("encrypted", encrypted ? "yes" : "no")
    let crcCount = crcWords.count + crcWordsOmitted
    let verdict = crcMismatches > 0 ? ", \(crcMismatches) wrong" : crcCount > 0 ? ", all right" : ""
    add("CRC words", "\(crcCount)\(verdict)")
    add("repeated frames", "\(multipleFrameWrites) (MFWR)")
    if !strayWords.isEmpty { add("stray words", "\(strayWords.count + strayWordsOmitted)") }
    if trailingByteCount > 0 { add("trailing bytes", "\(trailingByteCount)") }
    return facts
  }

  private var sectionTable: Table? {
    lines(sections, omitted: 0, of: Table("SECTION", "NAME", "OFFSET", "BYTES")) { _, section in
      [section.kind, section.name.isEmpty ? "-" : section.name, "\(section.offset)", "\(section.byteCount)"]
    }
  }

  private var streamTable: Table? {
    lines(streams, omitted: streamsOmitted, of: Table("STREAM", "DIE", "DEVICE", "OFFSET", "END")) { index, stream in
      [
        "\(index)", "\(stream.die)", stream.device.value.map { Self.device($0, stream.deviceNames) } ?? "-",
        "\(stream.offset)", stream.ended ? "DESYNC" : "-",
      ]
    }
  }

  private var registerTable: Table? {
    lines(registers, omitted: 0, of: Table("REGISTER", "WRITES", "WORDS", "READS")) { _, use in
      [use.register, "\(use.writes)", "\(use.words)", "\(use.reads)"]
    }
  }

  private var commandTable: Table? {
    lines(commands, omitted: 0, of: Table("COMMAND", "COUNT")) { _, use in [use.command, "\(use.count)"] }
  }

  private var frameTable: Table? {
    let table = Table("FRAMES", "STREAM", "ADDRESS", "BLOCK", "ROW", "COLUMN", "MINOR", "WORDS", "OFFSET")
    return lines(frames, omitted: framesOmitted, of: table) { _, run in
      [Self.text(run.frameCount), Self.text(run.stream), run.address.value ?? "-"]
        + [run.blockType, run.row, run.column, run.minor].map(Self.text) + ["\(run.wordCount)", "\(run.offset)"]
    }
  }

  private var crcTable: Table? {
    let table = Table("CRC", "STREAM", "OFFSET", "STORED", "COMPUTED")
    return lines(crcWords, omitted: crcWordsOmitted, of: table) { _, word in
      [word.verified ? "right" : "WRONG", Self.text(word.stream), "\(word.offset)", word.stored, word.computed]
    }
  }

  /// The table with a line for each element, or nil where there are none; lines beyond the limit are counted only.
  private func lines<Element>(
    _ elements: [Element], omitted: Int, of table: Table, _ cells: (Int, Element) -> [String]
  ) -> Table? {
    guard !elements.isEmpty else { return nil }
    var table = table
    for (index, element) in elements.prefix(Self.maximumLineCount).enumerated() { table.add(cells(index, element)) }
    let hidden = elements.count - min(elements.count, Self.maximumLineCount) + omitted
    if hidden > 0 { table.notes = ["and \(hidden) more"] }
    return table
  }

  private static func device(_ code: String, _ names: [String]) -> String {
    names.isEmpty ? code : "\(code) \(names.joined(separator: " or "))"
  }

  private static func text(_ number: Nullable<Int>) -> String { number.value.map { "\($0)" } ?? "-" }
}
