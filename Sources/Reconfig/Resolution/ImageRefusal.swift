public import Digests
public import Fabric

/// Why an image is not used on a board, or not taken into a store.
public enum ImageRefusal: TesseraError, Hashable {
  case otherModel(image: String, board: String)
  case otherShell(image: ShellID, board: ShellID)
  /// The board has no slots of the image's kind.
  case noSuchSlots(SlotKind)
  /// A partial is for a slot that the board does not have, or has of another kind.
  case wrongSlot(SlotID, needed: SlotKind, found: SlotKind?)
  /// A partial has to be moved, which the shell does not allow, or the slots' geometry.
  case notRelocatable(SlotID, from: SlotID)
  case unsigned(ImageID)
  case untrustedKey(PublicKey)
  case publisherOutOfScope(PublisherName, key: PublicKey, allowed: [PublisherName])
  case slotKindOutOfScope(SlotKind, key: PublicKey, allowed: [SlotKind])
  /// The signature names a trusted key, but that key signed something else.
  case badSignature(ImageID, key: PublicKey)
  case partial(ImageSourceError)

  public var code: String {
    switch self {
    case .otherModel: "image.otherModel"
    case .otherShell: "image.otherShell"
    case .noSuchSlots: "image.noSuchSlots"
    case .wrongSlot: "image.wrongSlot"
    case .notRelocatable: "image.notRelocatable"
    case .unsigned: "image.unsigned"
    case .untrustedKey: "image.untrustedKey"
    case .publisherOutOfScope: "image.publisherOutOfScope"
    case .slotKindOutOfScope: "image.slotKindOutOfScope"
    case .badSignature: "image.badSignature"
    case .partial(let error): error.code
    }
  }

  public var message: String {
    switch self {
    case .otherModel(let image, let board): "it is for the model \(image), the board is a \(board)"
    case .otherShell(let image, let board): "it is for the shell \(image), the board has the shell \(board)"
    case .noSuchSlots(let kind): "it is for \(kind) slots, and the board has none"
    case .wrongSlot(let slot, let needed, let found?):
      "a partial is for slot \(slot) as a \(needed) slot, the board's is \(found)"
    case .wrongSlot(let slot, let needed, nil):
      "a partial is for slot \(slot) as a \(needed) slot, which the board does not have"
    case .notRelocatable(let slot, let origin):
      "the partial for slot \(slot) is moved from slot \(origin), which this shell or the slots' frames do not allow"
    case .unsigned(let image): "nobody has signed the image \(image)"
    case .untrustedKey(let key): "it is signed by \(key), which is not trusted"
    case .publisherOutOfScope(let publisher, let key, let allowed):
      "it is signed by \(key), which is trusted for \(allowed.map(\.text).joined(separator: ", ")), not for \(publisher)"
    case .slotKindOutOfScope(let kind, let key, let allowed):
      "it is signed by \(key), which is trusted for \(allowed.map(\.rawValue).joined(separator: ", ")) slots, "
        + "not for \(kind) ones"
    case .badSignature(let image, let key): "the signature is not one of the image \(image) by \(key)"
    case .partial(let error): error.message
    }
  }

  public var hint: String {
    switch self {
    case .otherModel, .otherShell, .noSuchSlots, .wrongSlot: "build the image for this board"
    case .notRelocatable: "build a partial for each slot"
    case .unsigned: "sign it with 'tessera image sign'"
    case .untrustedKey, .publisherOutOfScope, .slotKindOutOfScope:
      "if that publisher is to be trusted, say so with 'tessera image trust'"
    case .badSignature: "the image was changed, or the signature is another's: sign the image again and push it"
    case .partial(let error): error.hint
    }
  }
}
