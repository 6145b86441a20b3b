internal import Digests
public import Fabric

extension ApplicationCatalogue {
  /// The images that a board needs for the catalogue, without any bytes: one for each kernel, in Little slots, and one
  /// for each mode of each bundle, in Big ones.
  ///
  /// Kinds of slot that the board does not have get none. A launch takes the measured time; where tasks share a kernel,
  /// the mean of theirs. The digest of a partial is that of a text that names what it is for: the slot too, unless the
  /// board's partials are relocatable. O(tasks × slots).
  public func images(for board: BoardDescriptor) -> [Image] {
    listings.flatMap { listing in
      let drafts = listing.application.kernelDrafts + listing.application.bundleDrafts
      return drafts.compactMap { $0.image(for: board) }
    }
  }
}

/// What an image is, before it is made for a board.
private struct ImageDraft {
  let name: String
  let function: ImageFunction
  let kind: SlotKind
  let microsecondsPerLaunch: Int
  let arguments: [Argument]

  struct Argument {
    let name: ArgumentName
    let direction: ArgumentRegisters.Direction
  }

  func image(for board: BoardDescriptor) -> Image? {
    let slots = board.slots.filter { $0.kind == kind }
    let origin = board.isRelocatable ? slots.first?.slot : nil
    let partials = slots.map { slot in
      PartialReference(
        slot: slot.slot, digest: digest(for: origin == nil ? slot.slot : nil, of: board.shell),
        byteCount: slot.partialByteCount, relocatedFrom: origin == slot.slot ? nil : origin)
    }
    guard !partials.isEmpty else { return nil }
    return Image(
      name: name, function: function, model: board.model, shell: board.shell, slotKind: kind,
      microsecondsPerLaunch: microsecondsPerLaunch,
      arguments: arguments.enumerated().map { index, argument in
        // Behind the control registers, 16 bytes for each: an address of 8, a count of 4.
        ArgumentRegisters(
          name: argument.name, direction: argument.direction, addressOffset: 16 + 16 * index,
          byteCountOffset: 24 + 16 * index)
      },
      partials: partials)
  }

  private func digest(for slot: SlotID?, of shell: ShellID) -> Digest {
    var lines = ["tessera-modelled-partial-1", "shell \(shell)"]
    switch function {
    case .kernel(let kernel): lines.append("kernel \(kernel)")
    case .bundle(let mode, let kernels):
      lines.append("bundle \(mode.rawValue) \(kernels.map(\.text).joined(separator: " "))")
    }
    if let slot { lines.append("slot \(slot)") }
    return Digest(of: Array(lines.map { $0 + "\n" }.joined().utf8))
  }
}

extension Application {
  /// One draft for each kernel, in the order of the first task that runs it.
  fileprivate var kernelDrafts: [ImageDraft] {
    var drafts: [ImageDraft] = []
    var done: Set<KernelName> = []
    for task in tasks where done.insert(task.kernel).inserted {
      let times = tasks.filter { $0.kernel == task.kernel }.map(\.measuredMicrosecondsPerItem)
      drafts.append(
        ImageDraft(
          name: Self.shortName(of: task.kernel), function: .kernel(task.kernel), kind: .little,
          microsecondsPerLaunch: (times.reduce(0, +) + times.count / 2) / times.count,
          arguments: inputs(of: task.name) + outputs(of: task.name)))
    }
    return drafts
  }

  fileprivate var bundleDrafts: [ImageDraft] {
    bundles.flatMap { bundle -> [ImageDraft] in
      let kernels = bundle.tasks.compactMap { name in tasks.first { $0.name == name }?.kernel }
      return BundleMode.allCases.compactMap { mode -> ImageDraft? in
        guard let microseconds = bundle.microsecondsPerLaunch[mode] else { return nil }
        return ImageDraft(
          name: "\(bundle.name)-\(mode.rawValue)", function: .bundle(mode, kernels), kind: .big,
          microsecondsPerLaunch: microseconds, arguments: arguments(of: bundle, mode))
      }
    }
  }

  /// Serial stages hand items on inside the slot, so that only the outer arguments are seen; parallel ones work on items
  /// of their own through board memory, so that each stage has all of its kernel's, after its number.
  private func arguments(of bundle: Bundle, _ mode: BundleMode) -> [ImageDraft.Argument] {
    switch mode {
    case .serial: (bundle.tasks.first.map(inputs) ?? []) + (bundle.tasks.last.map(outputs) ?? [])
    case .parallel:
      bundle.tasks.enumerated().flatMap { stage, task in
        (inputs(of: task) + outputs(of: task)).compactMap { $0.prefixed(by: stage) }
      }
    }
  }

  /// A task's input arguments, in the order of their positions.
  private func inputs(of task: TaskName) -> [ImageDraft.Argument] {
    let count = edges.reduce(0) { count, edge in count + edge.readers.count { $0.task == task } }
    return (0..<count).compactMap { position in
      ArgumentName(CatalogueArgument.input(position)).map { ImageDraft.Argument(name: $0, direction: .input) }
    }
  }

  private func outputs(of task: TaskName) -> [ImageDraft.Argument] {
    edges.compactMap { edge in
      guard let producer = edge.producer, producer.task == task else { return nil }
      return ImageDraft.Argument(name: producer.argument, direction: .output)
    }
  }

  /// What stands between the publisher and the version.
  private static func shortName(of kernel: KernelName) -> String {
    String(kernel.text.drop { $0 != "/" }.dropFirst().prefix { $0 != "@" })
  }
}

extension ImageDraft.Argument {
  fileprivate func prefixed(by stage: Int) -> Self? {
    ArgumentName("\(stage).\(name)").map { Self(name: $0, direction: direction) }
  }
}
