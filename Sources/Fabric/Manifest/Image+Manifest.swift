internal import Digests

extension Image {
  /// Checks and takes over an image manifest, in O(`manifest.count`); `Documentation/manifests.md` lists its keys.
  ///
  /// - Throws: ``ManifestError`` with the place of the first fault.
  public init(manifest: [UInt8]) throws(ManifestError) {
    let entry = try ImageEntry.read(manifest)
    try entry.checkArguments()
    try entry.checkPartials()
    self.init(
      manifest: manifest, id: ImageID(rawValue: Digest(of: manifest)), name: entry.name,
      function: entry.function, model: entry.model, shell: ShellID(rawValue: entry.shell),
      slotKind: entry.slotKind, variant: entry.variant, microsecondsPerLaunch: entry.microsecondsPerLaunch,
      arguments: entry.arguments, partials: entry.partials)
  }

  /// The same image with other partials, in the order of their slots: another manifest, and so another id.
  ///
  /// Its manifest is laid out in one way only (keys sorted, two spaces for each level, a line feed at the end), whatever
  /// this one's layout: the same content is the same bytes.
  ///
  /// - Throws: ``ManifestError`` where the partials are none, two for a slot, or of an impossible slot or size.
  public func settingPartials(_ partials: [PartialReference]) throws(ManifestError) -> Image {
    var members = try ManifestItem(value: JSONParser.parse(manifest), place: .whole).members()
    members[ImageEntry.Key.partials.rawValue] = .list(partials.sorted { $0.slot < $1.slot }.map(PartialEntry.json))
    return try Image(manifest: JSONValue.object(members).manifest)
  }
}

extension Image {
  /// Makes an image that has no author's text; its manifest is written in the one layout.
  ///
  /// Nothing is checked: the caller keeps what `Documentation/manifests.md` asks for.
  package init(
    name: String, function: ImageFunction, model: String, shell: ShellID, slotKind: SlotKind,
    variant: VariantName? = nil, microsecondsPerLaunch: Int, arguments: [ArgumentRegisters],
    partials: [PartialReference]
  ) {
    var members: [ImageEntry.Key: JSONValue] = [
      .schema: .integer(ImageEntry.schema), .name: .text(name), .function: FunctionEntry.json(function),
      .model: .text(model), .shell: .text(shell.rawValue.hexadecimal), .slotKind: .text(slotKind.rawValue),
      .microsecondsPerLaunch: .integer(microsecondsPerLaunch), .arguments: .list(arguments.map(ArgumentEntry.json)),
      .partials: .list(partials.map(PartialEntry.json)),
    ]
    members[.variant] = variant.map { .text($0.text) }
    let manifest = JSONValue.object(members).manifest
    self.init(
      manifest: manifest, id: ImageID(rawValue: Digest(of: manifest)), name: name, function: function, model: model,
      shell: shell, slotKind: slotKind, variant: variant, microsecondsPerLaunch: microsecondsPerLaunch,
      arguments: arguments, partials: partials)
  }
}

/// The root of an image manifest.
private struct ImageEntry: ManifestRoot {
  static let schema = 1
  enum Key: String, ManifestKey {
    case schema, name, description, provenance, function, model, shell, slotKind, variant, microsecondsPerLaunch
    case arguments, partials
  }
  let name: String
  let function: ImageFunction
  let model: String
  let shell: Digest
  let slotKind: SlotKind
  let variant: VariantName?
  let microsecondsPerLaunch: Int
  let arguments: [ArgumentRegisters]
  let partials: [PartialReference]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    name = try fields.name(.name)
    try fields.checkNotes(.description, .provenance)
    function = try (fields.value(.function) as FunctionEntry).function
    model = try fields.name(.model)
    shell = try fields.value(.shell)
    slotKind = try fields.value(.slotKind)
    variant = try fields.optionalValue(.variant)
    microsecondsPerLaunch = try fields.integer(.microsecondsPerLaunch, in: ManifestRange.microseconds)
    arguments = try (fields.list(.arguments, count: ManifestRange.arguments) as [ArgumentEntry]).map(\.registers)
    partials = try (fields.list(.partials, count: 1...Limits.slotsPerBoard) as [PartialEntry]).map(\.reference)
  }

  /// Names are unique, data comes in and goes out, and no two registers share a byte.
  func checkArguments() throws(ManifestError) {
    var taken: [(bytes: Range<Int>, place: String)] = []
    for (index, argument) in arguments.enumerated() {
      let place = "arguments[\(index)]"
      if let first = arguments.firstIndex(where: { $0.name == argument.name }), first != index {
        throw ManifestError(
          .duplicateName, at: "\(place).name", "'\(argument.name)' is also the name of arguments[\(first)]")
      }
      let registers = [
        (argument.addressOffset..<argument.addressOffset + 8, "\(place).addressOffset"),
        (argument.byteCountOffset..<argument.byteCountOffset + 4, "\(place).byteCountOffset"),
      ]
      for (bytes, place) in registers {
        if let other = taken.first(where: { $0.bytes.overlaps(bytes) }) {
          throw ManifestError(.badShape, at: place, "its register overlaps the one of \(other.place)")
        }
        taken.append((bytes, place))
      }
    }
    for direction in [ArgumentRegisters.Direction.input, .output]
    where !arguments.contains(where: { $0.direction == direction }) {
      throw ManifestError(.badShape, at: "arguments", "none has the direction '\(direction.rawValue)'")
    }
  }

  func checkPartials() throws(ManifestError) {
    for (index, partial) in partials.enumerated() {
      if let first = partials.firstIndex(where: { $0.slot == partial.slot }), first != index {
        throw ManifestError(
          .duplicateName, at: "partials[\(index)].slot", "partials[\(first)] is also for slot \(partial.slot)")
      }
      try checkRelocation(of: partial, at: "partials[\(index)].relocatedFrom")
      try checkBytes(of: partial, at: index)
    }
  }

  /// The same bytes name the frames of one slot, so they serve another only by being moved there.
  private func checkBytes(of partial: PartialReference, at index: Int) throws(ManifestError) {
    // What was not built yet has no bytes.
    guard partial.digest.bytes.contains(where: { $0 != 0 }) else { return }
    let first = partials.firstIndex { $0.digest == partial.digest && $0.builtFor != partial.builtFor }
    guard let first, first < index else { return }
    throw ManifestError(
      .badShape, at: "partials[\(index)].sha256",
      "partials[\(first)] has the same bytes, built for slot \(partials[first].builtFor); what is moved from there says so "
        + "by 'relocatedFrom'")
  }

  /// What is moved is the very file of another slot, which stands there by itself.
  private func checkRelocation(of partial: PartialReference, at place: String) throws(ManifestError) {
    guard let origin = partial.relocatedFrom else { return }
    guard let source = partials.first(where: { $0.slot == origin }), source.relocatedFrom == nil else {
      throw ManifestError(.unknownName, at: place, "no partial is built for slot \(origin)")
    }
    guard source.digest == partial.digest, source.byteCount == partial.byteCount else {
      throw ManifestError(
        .badShape, at: place,
        "the partial has \(partial.byteCount) bytes with SHA-256 \(partial.digest), the one of slot \(origin) has "
          + "\(source.byteCount) with \(source.digest)")
    }
  }
}

private struct FunctionEntry: ManifestObject {
  enum Key: String, ManifestKey { case kernel, bundle }
  let function: ImageFunction

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    let kernel: KernelName? = try fields.optionalValue(.kernel)
    let bundle: BundleEntry? = try fields.optionalValue(.bundle)
    switch (kernel, bundle) {
    case (let kernel?, nil): function = .kernel(kernel)
    case (nil, let bundle?): function = .bundle(bundle.mode, bundle.kernels)
    default: throw fields.fault(.badShape, "exactly one of 'kernel' and 'bundle' is needed")
    }
  }

  static func json(_ function: ImageFunction) -> JSONValue {
    switch function {
    case .kernel(let kernel): .object([Key.kernel: .text(kernel.text)])
    case .bundle(let mode, let kernels):
      .object([
        Key.bundle: .object([
          BundleEntry.Key.mode: .text(mode.rawValue), .kernels: .list(kernels.map { .text($0.text) }),
        ])
      ])
    }
  }

  struct BundleEntry: ManifestObject {
    enum Key: String, ManifestKey { case mode, kernels }
    let mode: BundleMode
    let kernels: [KernelName]

    init(_ fields: ManifestFields<Key>) throws(ManifestError) {
      mode = try fields.value(.mode)
      kernels = try fields.list(.kernels, count: ManifestRange.bundleStages)
    }
  }
}

private struct ArgumentEntry: ManifestObject {
  enum Key: String, ManifestKey { case name, direction, addressOffset, byteCountOffset }
  let registers: ArgumentRegisters

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    registers = ArgumentRegisters(
      name: try fields.value(.name), direction: try fields.value(.direction),
      addressOffset: try Self.offset(.addressOffset, of: fields),
      byteCountOffset: try Self.offset(.byteCountOffset, of: fields))
  }

  static func json(_ registers: ArgumentRegisters) -> JSONValue {
    .object([
      Key.name: .text(registers.name.text), .direction: .text(registers.direction.rawValue),
      .addressOffset: .integer(registers.addressOffset), .byteCountOffset: .integer(registers.byteCountOffset),
    ])
  }

  private static func offset(_ key: Key, of fields: ManifestFields<Key>) throws(ManifestError) -> Int {
    let item = try fields.item(key)
    let offset = try item.integer(in: ManifestRange.registerOffset)
    guard offset % 4 == 0 else { throw item.fault(.outOfRange, "\(offset) is not a multiple of 4") }
    return offset
  }
}

private struct PartialEntry: ManifestObject {
  enum Key: String, ManifestKey { case slot, sha256, byteCount, relocatedFrom }
  let reference: PartialReference

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    reference = PartialReference(
      slot: try Self.slot(fields.item(.slot)), digest: try fields.value(.sha256),
      byteCount: try fields.integer(.byteCount, in: 1...Limits.partialByteCount),
      relocatedFrom: try fields.optional(.relocatedFrom).map(Self.slot))
  }

  private static func slot(_ item: ManifestItem) throws(ManifestError) -> SlotID {
    SlotID(rawValue: try item.integer(in: 0...Limits.slotsPerBoard - 1))
  }

  static func json(_ reference: PartialReference) -> JSONValue {
    var members: [Key: JSONValue] = [
      .slot: .integer(reference.slot.rawValue), .sha256: .text(reference.digest.hexadecimal),
      .byteCount: .integer(reference.byteCount),
    ]
    members[.relocatedFrom] = reference.relocatedFrom.map { .integer($0.rawValue) }
    return .object(members)
  }
}
