public import Fabric

/// Decides which image serves a function in which slots of one board.
///
/// An image is usable where it is made for the board, a trusted key signed it, and all its partials are there. Of several
/// usable ones for one function and slot kind the first is taken in this order: its variant stands earlier among the preferred ones, then
/// it fits more slots, then a launch takes less time, then its id is lower. So the same store, keys and board always give
/// the same images, whatever the order in which they were pushed.
public struct ImageResolver: Sendable {
  public let board: BoardDescriptor
  public let trusted: TrustedKeys
  /// The first is preferred most; images of no variant, or of another, come behind all of these.
  public let preferredVariants: [VariantName]

  public init(board: BoardDescriptor, trusted: TrustedKeys, preferredVariants: [VariantName] = []) {
    self.board = board
    self.trusted = trusted
    self.preferredVariants = preferredVariants
  }

  /// Looks at every image of a store, in O(bytes of all manifests + images log images).
  public func resolve(_ images: some Sequence<StoredImage>) -> ImageResolution {
    let places = Dictionary(grouping: images) { ImagePlace(function: $0.image.function, slotKind: $0.image.slotKind) }
    return ImageResolution(
      entries: places.sorted { $0.key < $1.key }.map { place, images in
        ImageResolution.Entry(place: place, candidates: candidates(images))
      })
  }

  /// The usable ones, the best first, then the refused ones, by id.
  private func candidates(_ images: [StoredImage]) -> [ImageCandidate] {
    var usable: [StoredImage] = []
    var refused: [ImageCandidate] = []
    for stored in images.sorted(by: { $0.image.id < $1.image.id }) {
      do throws(ImageRefusal) {
        try check(stored)
        usable.append(stored)
      } catch {
        refused.append(ImageCandidate(stored, .refused(error)))
      }
    }
    usable.sort { rank($0.image) < rank($1.image) }
    guard let best = usable.first else { return refused }
    let others = usable.dropFirst().map {
      ImageCandidate($0, .passedOver(preference(for: best.image, over: $0.image)))
    }
    return [ImageCandidate(best, .chosen)] + others + refused
  }

  private func check(_ stored: StoredImage) throws(ImageRefusal) {
    try checkFit(stored.image)
    try trusted.check(stored.image, signature: stored.signature)
    if let fault = stored.faults.first { throw .partial(fault) }
  }

  /// Checks that an image is made for the board: model, shell, slots.
  ///
  /// - Throws: ``ImageRefusal`` for the first that is not.
  public func checkFit(_ image: Image) throws(ImageRefusal) {
    guard image.model == board.model else { throw .otherModel(image: image.model, board: board.model) }
    guard image.shell == board.shell else { throw .otherShell(image: image.shell, board: board.shell) }
    guard board.slots.contains(where: { $0.kind == image.slotKind }) else { throw .noSuchSlots(image.slotKind) }
    for partial in image.partials {
      let kind = board[partial.slot]?.kind
      guard kind == image.slotKind else { throw .wrongSlot(partial.slot, needed: image.slotKind, found: kind) }
      if let origin = partial.relocatedFrom, !canMove(from: origin, to: partial.slot) {
        throw .notRelocatable(partial.slot, from: origin)
      }
    }
  }

  /// Whether the shell allows it, and the slots' frames do.
  private func canMove(from origin: SlotID, to slot: SlotID) -> Bool {
    board.isRelocatable && (try? board.relocator(from: origin, to: slot)) != nil
  }

  private func rank(_ image: Image) -> (Int, Int, Int, ImageID) {
    let variant = image.variant.flatMap { preferredVariants.firstIndex(of: $0) } ?? preferredVariants.count
    return (variant, -image.partials.count, image.microsecondsPerLaunch, image.id)
  }

  private func preference(for chosen: Image, over other: Image) -> ImagePreference {
    let (chosen, other) = (rank(chosen), rank(other))
    if chosen.0 != other.0 { return .variant }
    if chosen.1 != other.1 { return .fewerSlots(-other.1, chosen: -chosen.1) }
    if chosen.2 != other.2 { return .slower(microseconds: other.2, chosen: chosen.2) }
    return .laterID
  }
}
