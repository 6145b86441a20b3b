internal import Bitstream
internal import Digests

extension BoardDescriptor {
  /// Checks and takes over a board's JSON text, in O(`manifest.count`); `Documentation/manifests.md` lists its keys.
  ///
  /// - Throws: ``ManifestError`` with the place of the first fault.
  public init(manifest: [UInt8]) throws(ManifestError) {
    let entry = try BoardEntry.read(manifest)
    let part = try entry.part.part()
    try entry.shell.checkLayout()
    let slots = try entry.shell.slots(of: part)
    if entry.shell.isRelocatable { try entry.shell.checkRelocation(among: slots) }
    self.init(
      manifest: manifest, model: entry.model, part: part, shell: entry.shell.id(on: part), layout: entry.shell.layout,
      isRelocatable: entry.shell.isRelocatable, policy: entry.shell.policy, slots: slots,
      memoryByteCount: entry.memoryByteCount,
      portBytesPerSecond: entry.configurationPort.bytesPerSecond, storageBytesPerSecond: entry.storage.bytesPerSecond)
  }
}

/// The root of a board's JSON text.
private struct BoardEntry: ManifestRoot {
  static let schema = 1
  enum Key: String, ManifestKey {
    case schema, description, provenance, model, part, shell, memoryByteCount, configurationPort, storage
  }
  let model: String
  let part: PartEntry
  let shell: ShellEntry
  let memoryByteCount: Int
  let configurationPort: RateEntry
  let storage: RateEntry

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    try fields.checkNotes(.description, .provenance)
    model = try fields.name(.model)
    part = try fields.value(.part)
    shell = try fields.value(.shell)
    memoryByteCount = try fields.integer(.memoryByteCount, in: ManifestRange.memoryByteCount)
    configurationPort = try fields.value(.configurationPort)
    storage = try fields.value(.storage)
  }
}

/// The Codable form of ``Part``, read strictly.
private struct PartEntry: ManifestObject {
  enum Key: String, ManifestKey { case name, device, rows, columns, memoryColumns, furtherDies }
  let name: String
  let dies: [DieGeometry]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    name = try fields.value(.name)
    let first = DieGeometry(
      device: try fields.value(.device), rows: try fields.integer(.rows, in: DieGeometry.range),
      columns: try fields.integers(.columns, count: DieGeometry.range, in: DieGeometry.range),
      memoryColumns: try DieGeometry.memoryColumns(fields, .memoryColumns))
    let further: [DieEntry] = try fields.optionalList(.furtherDies, count: 0...Part.maximumDieCount - 1)
    dies = [first] + further.map(\.geometry)
  }

  func part() throws(ManifestError) -> Part {
    do throws(BitstreamError) {
      return try Part(name: name, dies: dies.map { die throws(BitstreamError) in try die.die() })
    } catch {
      throw ManifestError(.outOfRange, at: "part", error.message)
    }
  }
}

/// What a part says of one die, whose limits ``Die`` checks.
private struct DieGeometry {
  static let range = 1...Part.maximumFrameCount
  let device: DeviceID
  let rows: Int
  let columns: [Int]
  let memoryColumns: [Int]

  func die() throws(BitstreamError) -> Die {
    try Die(device: device, rows: rows, columns: columns, memoryColumns: memoryColumns)
  }

  static func memoryColumns<Key>(_ fields: ManifestFields<Key>, _ key: Key) throws(ManifestError) -> [Int] {
    fields.optional(key) == nil ? [] : try fields.integers(key, count: range, in: range)
  }
}

private struct DieEntry: ManifestObject {
  enum Key: String, ManifestKey { case device, rows, columns, memoryColumns }
  let geometry: DieGeometry

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    geometry = DieGeometry(
      device: try fields.value(.device), rows: try fields.integer(.rows, in: DieGeometry.range),
      columns: try fields.integers(.columns, count: DieGeometry.range, in: DieGeometry.range),
      memoryColumns: try DieGeometry.memoryColumns(fields, .memoryColumns))
  }
}

private struct ShellEntry: ManifestObject {
  enum Key: String, ManifestKey { case name, layout, relocatable, allows, slots }
  let name: String
  let layout: Layout
  let isRelocatable: Bool
  let policy: ConfigurationPolicy
  let slots: [SlotEntry]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    name = try fields.name(.name)
    layout = try fields.value(.layout)
    isRelocatable = try fields.optional(.relocatable)?.truth() ?? false
    let allows: AllowsEntry? = try fields.optionalValue(.allows)
    policy = allows?.policy ?? .slot
    slots = try fields.list(.slots, count: 1...Limits.slotsPerBoard)
  }

  func checkLayout() throws(ManifestError) {
    let kinds = Set(slots.map(\.kind))
    let allowed: Set<SlotKind> = layout == .onlyLittle ? [.little] : [.little, .big]
    guard kinds == allowed else {
      let found = kinds.map(\.rawValue).sorted().joined(separator: " and ")
      throw ManifestError(.badShape, at: "shell.layout", "it is '\(layout.rawValue)', but the slots are \(found)")
    }
  }

  /// What moves from slot to slot fits them all only if they are equal.
  func checkRelocation(among slots: [SlotDescriptor]) throws(ManifestError) {
    for slot in slots {
      guard let first = slots.first(where: { $0.kind == slot.kind }), first.partialByteCount != slot.partialByteCount
      else { continue }
      throw ManifestError(
        .badShape, at: "shell.slots[\(slot.slot)]",
        "a partial for it has \(slot.partialByteCount) bytes, one for slot \(first.slot) has \(first.partialByteCount); "
          + "slots of one kind are equal where partials are relocatable")
    }
  }

  /// The slots with their frames; every frame is the part's, and at most one slot's.
  func slots(of part: Part) throws(ManifestError) -> [SlotDescriptor] {
    var owned: [(frames: Range<Int>, slot: Int)] = []
    var result: [SlotDescriptor] = []
    for (index, slot) in slots.enumerated() {
      let runs = try slot.frames(of: part, at: "shell.slots[\(index)]")
      for run in runs {
        if let owner = owned.first(where: { $0.frames.overlaps(run.frames) }) {
          throw ManifestError(.duplicateName, at: run.place, "its frames are already in shell.slots[\(owner.slot)]")
        }
        owned.append((run.frames, index))
      }
      result.append(
        SlotDescriptor(
          slot: SlotID(rawValue: index), kind: slot.kind, frames: Self.merge(runs.map(\.frames)),
          partialByteCount: slot.statedByteCount))
    }
    return result
  }

  /// The SHA-256 of the shell's canonical text: ASCII lines that each end in a line feed.
  ///
  /// First `tessera-shell-1`, then `part NAME DEVICE` and `shell NAME LAYOUT`, then `relocatable` where it is, then for
  /// each slot in order `slot KIND ROW...`, rows ascending, or `slot KIND bytes COUNT`, where an area follows as `die D
  /// rows ROW... columns FIRST LAST memoryColumns FIRST LAST`. DEVICE is `0x` and eight
  /// upper-case digits; one space splits the words of a line, and no word has one.
  func id(on part: Part) -> ShellID {
    var lines = ["tessera-shell-1", "part \(part.name) \(part.device)", "shell \(name) \(layout.rawValue)"]
    if isRelocatable { lines.append("relocatable") }
    lines += slots.map { "slot \($0.kind.rawValue) \($0.canonicalText)" }
    return ShellID(rawValue: Digest(of: Array(lines.map { $0 + "\n" }.joined().utf8)))
  }

  private static func merge(_ ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
      if let last = merged.last, last.upperBound == range.lowerBound {
        merged[merged.count - 1] = last.lowerBound..<range.upperBound
      } else {
        merged.append(range)
      }
    }
  }
}

private struct RateEntry: ManifestObject {
  enum Key: String, ManifestKey { case bytesPerSecond, provenance }
  let bytesPerSecond: Int

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    bytesPerSecond = try fields.integer(.bytesPerSecond, in: ManifestRange.bytesPerSecond)
    try fields.checkNotes(.provenance)
  }
}
