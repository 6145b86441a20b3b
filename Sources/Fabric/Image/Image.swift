public import Digests

/// What an image computes.
public enum ImageFunction: Sendable, Hashable, Codable {
  case kernel(KernelName)
  case bundle(BundleMode, [KernelName])

  /// The kernel, or the bundle's kernels in order.
  public var kernels: [KernelName] {
    switch self {
    case .kernel(let kernel): [kernel]
    case .bundle(_, let kernels): kernels
    }
  }

  /// Who must stand behind an image of it: the publishers of its kernels, sorted, each once.
  public var publishers: [PublisherName] { Set(kernels.map(\.publisher)).sorted() }
}

extension ImageFunction: CustomStringConvertible {
  /// `kernel NAME`, `serial NAME NAME...` or `parallel NAME NAME...`.
  public var description: String {
    switch self {
    case .kernel(let kernel): "kernel \(kernel)"
    case .bundle(let mode, let kernels): "\(mode.rawValue) \(kernels.map(\.text).joined(separator: " "))"
    }
  }
}

/// The registers of one buffer argument, as byte offsets into the kernel's register file.
///
/// HLS-style (AMD UG1399, "S_AXILITE Control Register Map"): the control register is at 0 with start, done, idle and ready in bits 0 to 3.
public struct ArgumentRegisters: Sendable, Hashable, Codable {
  public enum Direction: String, Sendable, Hashable, Codable, CaseIterable { case input, output }
  public let name: ArgumentName
  public let direction: Direction
  /// Where the 64-bit board address goes.
  public let addressOffset: Int
  /// Where the 32-bit byte count goes; for an output the kernel leaves there what it wrote.
  public let byteCountOffset: Int
  public init(name: ArgumentName, direction: Direction, addressOffset: Int, byteCountOffset: Int) {
    self.name = name
    self.direction = direction
    self.addressOffset = addressOffset
    self.byteCountOffset = byteCountOffset
  }
}

/// One partial of an image: the slot it is for, and its bytes by digest.
public struct PartialReference: Sendable, Hashable, Codable {
  public let slot: SlotID
  public let digest: Digest
  public let byteCount: Int
  /// The slot whose frames the bytes name, where that is another one: they are moved to `slot` when they are written.
  public let relocatedFrom: SlotID?
  public init(slot: SlotID, digest: Digest, byteCount: Int, relocatedFrom: SlotID? = nil) {
    self.slot = slot
    self.digest = digest
    self.byteCount = byteCount
    self.relocatedFrom = relocatedFrom
  }

  /// The slot whose frames the bytes name.
  public var builtFor: SlotID { relocatedFrom ?? slot }

  /// The bytes with the slot that they are verified for.
  public var built: BuiltPartial { BuiltPartial(digest: digest, slot: builtFor) }
}

/// The bytes of a partial with the slot whose frames they name.
///
/// They are verified for that slot, and what was verified for one says nothing of another: so memory knows them by both.
public struct BuiltPartial: Sendable, Hashable, Codable {
  public let digest: Digest
  public let slot: SlotID
  public init(digest: Digest, slot: SlotID) {
    self.digest = digest
    self.slot = slot
  }
}

/// What implements a kernel or a bundle for one board model, shell and slot kind; decoded from its manifest.
public struct Image: ManifestValue {
  /// The JSON text that this value was decoded from.
  public let manifest: [UInt8]
  /// The SHA-256 of the manifest.
  public let id: ImageID
  /// A short name for people, such as `dct` or `bdq-serial`.
  public let name: String
  public let function: ImageFunction
  public let model: String
  public let shell: ShellID
  public let slotKind: SlotKind
  /// Which of several images of one function, model, shell and slot kind it is; nil for the only or the usual one.
  public let variant: VariantName?
  /// The modelled or measured time of one launch.
  public let microsecondsPerLaunch: Int
  public let arguments: [ArgumentRegisters]
  /// At most one per slot.
  public let partials: [PartialReference]

  package init(
    manifest: [UInt8], id: ImageID, name: String, function: ImageFunction, model: String, shell: ShellID,
    slotKind: SlotKind, variant: VariantName? = nil, microsecondsPerLaunch: Int, arguments: [ArgumentRegisters],
    partials: [PartialReference]
  ) {
    self.manifest = manifest
    self.id = id
    self.name = name
    self.function = function
    self.model = model
    self.shell = shell
    self.slotKind = slotKind
    self.variant = variant
    self.microsecondsPerLaunch = microsecondsPerLaunch
    self.arguments = arguments
    self.partials = partials
  }

  /// The partial for a slot, if the image fits it.
  public func partial(for slot: SlotID) -> PartialReference? { partials.first { $0.slot == slot } }
}
