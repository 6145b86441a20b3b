public import Fabric

/// What is resolved: which image computes this function in slots of that kind.
public struct ImagePlace: Sendable, Hashable, Comparable {
  public let function: ImageFunction
  public let slotKind: SlotKind

  public init(function: ImageFunction, slotKind: SlotKind) {
    self.function = function
    self.slotKind = slotKind
  }

  /// The order of the function's text, then Little before Big.
  public static func < (a: Self, b: Self) -> Bool {
    let (textOfA, textOfB) = (a.function.description, b.function.description)
    return textOfA != textOfB ? textOfA < textOfB : a.slotKind == .little && b.slotKind == .big
  }
}

/// Why a usable image is not the one that is taken.
public enum ImagePreference: Sendable, Hashable {
  /// The variant of the one that is taken is preferred.
  case variant
  case fewerSlots(Int, chosen: Int)
  case slower(microseconds: Int, chosen: Int)
  /// They are alike, and the other's id is lower.
  case laterID
}

/// One image of a store, and what became of it.
public struct ImageCandidate: Sendable, Hashable {
  public enum Verdict: Sendable, Hashable {
    case chosen
    case passedOver(ImagePreference)
    case refused(ImageRefusal)
  }
  public let stored: StoredImage
  public let verdict: Verdict

  init(_ stored: StoredImage, _ verdict: Verdict) {
    self.stored = stored
    self.verdict = verdict
  }
}

/// Which images of a store a board uses, and why it uses none of the others.
public struct ImageResolution: Sendable, Hashable {
  /// All images of one function for slots of one kind: the one that is taken, if any, then the others.
  public struct Entry: Sendable, Hashable {
    public let place: ImagePlace
    public let candidates: [ImageCandidate]

    /// The image that is taken.
    public var chosen: Image? {
      guard let first = candidates.first, first.verdict == .chosen else { return nil }
      return first.stored.image
    }
  }

  /// By function and slot kind, in the order of ``ImagePlace``.
  public let entries: [Entry]

  /// The images that are taken: at most one for each function and slot kind.
  public var images: [Image] { entries.compactMap(\.chosen) }

  /// The images that were made for a board of this model and shell and that it does not use all the same, each with the
  /// reason.
  public var refusedForThisBoard: [(image: Image, refusal: ImageRefusal)] {
    entries.flatMap(\.candidates).compactMap { candidate in
      switch candidate.verdict {
      case .chosen, .passedOver, .refused(.otherModel), .refused(.otherShell): nil
      case .refused(let refusal): (candidate.stored.image, refusal)
      }
    }
  }
}
