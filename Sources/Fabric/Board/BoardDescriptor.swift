public import Bitstream

/// The size class of a slot; a Big slot is two Little by area.
public enum SlotKind: String, Sendable, Hashable, Codable, CaseIterable { case little, big }

/// Which slots a shell offers.
public enum Layout: String, Sendable, Hashable, Codable, CaseIterable { case onlyLittle, bigLittle }

/// A reconfigurable region of a board.
public struct SlotDescriptor: Sendable, Hashable, Codable {
  public let slot: SlotID
  public let kind: SlotKind
  /// The part's frames that make up the slot, as sorted, disjoint ordinals; empty where only the size of its partials is
  /// known, and then no image can be verified for it, since every image writes frames.
  public let frames: [Range<Int>]
  /// How many bytes a partial for the slot has: what the descriptor states, or what its frames hold.
  public let partialByteCount: Int

  /// Makes a slot.
  ///
  /// - Parameters:
  ///   - slot: Its number on the board.
  ///   - kind: Its size class.
  ///   - frames: The part's frames that make it up.
  ///   - partialByteCount: The size of its partials; if nil, frames × words × 4 bytes.
  public init(slot: SlotID, kind: SlotKind, frames: [Range<Int>], partialByteCount: Int? = nil) {
    self.slot = slot
    self.kind = kind
    self.frames = frames
    self.partialByteCount = partialByteCount ?? frames.reduce(0) { $0 + $1.count } * Part.wordsPerFrame * 4
  }
}

/// What a board is, as data: its part, its shell with the slots, its memory and its rates.
public struct BoardDescriptor: ManifestValue {
  /// The JSON text that this value was decoded from.
  public let manifest: [UInt8]
  /// The board's model, which images are made for.
  public let model: String
  public let part: Part
  /// The SHA-256 of what `Documentation/manifests.md` says of part and slots, so it changes with whatever images depend on.
  public let shell: ShellID
  public let layout: Layout
  /// Whether one partial serves all slots of a kind, moved to the slot's frames when it is loaded.
  public let isRelocatable: Bool
  /// What partials may use of the device; no part of the shell's id, since images do not depend on it.
  public let policy: ConfigurationPolicy
  /// The slots, where `slots[i].slot.rawValue == i`.
  public let slots: [SlotDescriptor]
  /// Board memory, in bytes.
  public let memoryByteCount: Int
  /// How fast the configuration port takes an image, greater than 0.
  public let portBytesPerSecond: Int
  /// How fast images are read from the board's storage, greater than 0.
  public let storageBytesPerSecond: Int

  package init(
    manifest: [UInt8], model: String, part: Part, shell: ShellID, layout: Layout,
    isRelocatable: Bool = false, policy: ConfigurationPolicy = .slot, slots: [SlotDescriptor],
    memoryByteCount: Int, portBytesPerSecond: Int, storageBytesPerSecond: Int
  ) {
    self.manifest = manifest
    self.model = model
    self.part = part
    self.shell = shell
    self.layout = layout
    self.isRelocatable = isRelocatable
    self.policy = policy
    self.slots = slots
    self.memoryByteCount = memoryByteCount
    self.portBytesPerSecond = portBytesPerSecond
    self.storageBytesPerSecond = storageBytesPerSecond
  }

  /// The slot of that number, if the board has it.
  public subscript(slot: SlotID) -> SlotDescriptor? {
    slots.indices.contains(slot.rawValue) ? slots[slot.rawValue] : nil
  }
}
