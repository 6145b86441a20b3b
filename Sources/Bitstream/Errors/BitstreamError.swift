public import Digests

/// Why a bitstream, or a description of one, was refused.
///
/// Word offsets count from the first word of the payload.
public enum BitstreamError: Error, Sendable, Hashable, Codable {
  /// It has more bytes than anything of its kind needs.
  case tooLarge(byteCount: Int, limit: Int)
  /// It is not the bitstream that the image's manifest names.
  case digestMismatch(expected: Digest, actual: Digest)
  /// The .bit container is damaged or no .bit container.
  case malformedContainer(String, byteOffset: Int)
  /// The xclbin breaks a rule of its format.
  case malformedXclbin(XclbinFault, String, byteOffset: Int)
  /// The file is neither .bit nor xclbin, and has no sync word where a .bin file has it.
  case noSyncWord(searchedWordCount: Int)
  /// A .bin file has the sync word in both orders of bytes.
  case ambiguousWordOrder(bigEndianWordOffset: Int, littleEndianWordOffset: Int)
  /// The words are no valid packets, or packets that make no sense.
  case malformedPacket(String, wordOffset: Int)
  /// The words end too early.
  case unfinished(String, wordCount: Int)
  /// A whole-device bitstream stands where a partial one belongs.
  case notPartial(design: String)
  /// The container is for another part.
  case wrongPart(expected: String, actual: String)
  /// The stream is for another device.
  case wrongDevice(expected: DeviceID, actual: DeviceID)
  /// Frames are written before the stream has said for which device.
  case deviceNotNamed(wordOffset: Int)
  /// Frame data come although no command WCFG precedes them.
  case writeNotEnabled(wordOffset: Int)
  /// Frame data come for an address at which the part has no frame, or without an address (nil).
  case frameAddressUnknown(FrameAddress?, wordOffset: Int)
  /// Frames are written that are not the slot's.
  case frameOutsideRegion(frames: Range<Int>, region: [Range<Int>])
  /// Frames of the slot are not written at all.
  case regionNotCovered(missing: [Range<Int>])
  /// A pad frame is not zero.
  case padNotZero(word: UInt32, wordOffset: Int)
  /// A stored CRC differs from that of the words before it.
  case crcMismatch(CRCCheck)
  /// Something was written that no CRC covers.
  case crcMissing(wordOffset: Int)
  /// A partial asks for something that no slot may do.
  case forbidden(String, wordOffset: Int)
  /// A partial asks the device to decrypt it, so that its frames cannot be checked.
  case encrypted(String, wordOffset: Int)
  /// Words or texts that a device ignores are not what a tool writes there.
  case notCanonical(String, wordOffset: Int?)
  /// A partial cannot move between two regions, for their geometry is not equal.
  case regionsDiffer(from: String, to: String)
  /// A part's description breaks a limit.
  case invalidPart(String)
  /// What is to be written does not fit the format.
  case invalidContent(String)
}

extension BitstreamError {
  /// A stable name for the kind of error.
  public var code: String {
    switch self {
    case .tooLarge: "bitstream.tooLarge"
    case .digestMismatch: "bitstream.digestMismatch"
    case .malformedContainer, .malformedPacket: "bitstream.malformed"
    case .malformedXclbin(let fault, _, _): fault.rawValue
    case .noSyncWord: "bitstream.noSyncWord"
    case .ambiguousWordOrder: "bitstream.ambiguousWordOrder"
    case .unfinished: "bitstream.unfinished"
    case .notPartial: "bitstream.notPartial"
    case .wrongPart: "bitstream.wrongPart"
    case .wrongDevice: "bitstream.wrongDevice"
    case .deviceNotNamed: "bitstream.deviceNotNamed"
    case .writeNotEnabled: "bitstream.writeNotEnabled"
    case .frameAddressUnknown: "bitstream.frameAddressUnknown"
    case .frameOutsideRegion: "bitstream.frameOutsideRegion"
    case .regionNotCovered: "bitstream.regionNotCovered"
    case .padNotZero: "bitstream.padNotZero"
    case .crcMismatch: "bitstream.crcMismatch"
    case .crcMissing: "bitstream.crcMissing"
    case .forbidden: "bitstream.forbidden"
    case .encrypted: "bitstream.encrypted"
    case .notCanonical: "bitstream.notCanonical"
    case .regionsDiffer: "bitstream.regionsDiffer"
    case .invalidPart: "bitstream.invalidPart"
    case .invalidContent: "bitstream.invalidContent"
    }
  }

  /// What happened, in a sentence that shows both sides of a mismatch.
  public var message: String {
    switch self {
    case .tooLarge(let count, let limit): "The bitstream has \(count) bytes; at most \(limit) are accepted here."
    case .digestMismatch(let expected, let actual):
      "The bitstream's SHA-256 is \(actual); the image's manifest says \(expected)."
    case .malformedContainer(let reason, let offset): "The .bit container is wrong at byte \(offset): \(reason)."
    case .malformedXclbin(_, let reason, let offset): "The xclbin is wrong at byte \(offset): \(reason)."
    case .noSyncWord(let count):
      "The file is neither .bit nor xclbin, and none of its first \(count) words is a sync word as in a .bin file."
    case .ambiguousWordOrder(let bigEndian, let littleEndian):
      "The file has a sync word with the highest byte first, at word \(bigEndian), and one with the lowest byte "
        + "first, at word \(littleEndian)."
    case .malformedPacket(let reason, let offset): "The bitstream is wrong at word \(offset): \(reason)."
    case .unfinished(let reason, let count): "The bitstream ends too early, after \(count) words: \(reason)."
    case .notPartial(let design): "The bitstream of design '\(design)' is for a whole device, not for a slot."
    case .wrongPart(let expected, let actual): "The bitstream is for part '\(actual)'; the board has '\(expected)'."
    case .wrongDevice(let expected, let actual): "The bitstream is for device \(actual); the board has \(expected)."
    case .deviceNotNamed(let offset): "Frames are written at word \(offset) before any IDCODE."
    case .writeNotEnabled(let offset): "Frames are written at word \(offset) without the command WCFG before them."
    case .frameAddressUnknown(let address?, let offset):
      "Frames are written at word \(offset) to address \(address), where the part has none."
    case .frameAddressUnknown(nil, let offset): "Frames are written at word \(offset) without an address."
    case .frameOutsideRegion(let frames, let region):
      "Frames \(Self.list([frames])) are written; the slot has frames \(Self.list(region))."
    case .regionNotCovered(let missing) where missing.isEmpty: "The bitstream writes no frames."
    case .regionNotCovered(let missing): "Frames \(Self.list(missing)) of the slot are not written."
    case .padNotZero(let word, let offset): "A pad frame holds \(word.hexadecimal) at word \(offset) instead of zero."
    case .crcMismatch(let check):
      "The CRC at word \(check.wordOffset) is \(check.stored.hexadecimal); "
        + "that of the words before it is \(check.computed.hexadecimal)."
    case .crcMissing(let offset): "What is written before word \(offset) is covered by no CRC."
    case .forbidden(let what, let offset): "The bitstream uses \(what) at word \(offset), which a slot may not."
    case .encrypted(let what, let offset): "The bitstream is encrypted: it uses \(what) at word \(offset)."
    case .notCanonical(let reason, let offset?): "No tool writes such a bitstream; at word \(offset): \(reason)."
    case .notCanonical(let reason, nil): "No tool writes such a bitstream: \(reason)."
    case .regionsDiffer(let from, let to): "The regions differ: \(from) here, \(to) there."
    case .invalidPart(let reason): "The part cannot be described so: \(reason)."
    case .invalidContent(let reason): "The bitstream cannot be written: \(reason)."
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .tooLarge, .notPartial: "Give the partial bitstream of this slot, not that of the whole device."
    case .digestMismatch, .malformedContainer, .malformedPacket, .unfinished, .padNotZero, .crcMismatch:
      "The file is damaged or was changed: upload the image again, or build it again."
    case .malformedXclbin(.signed, _, _): "Give the xclbin without its signature; sign the image instead."
    case .malformedXclbin: "The file is damaged or was changed: build it again."
    case .noSyncWord: "Give a .bit, .bin or xclbin file."
    case .ambiguousWordOrder: "Give the .bit file, which has one order only."
    case .wrongPart, .wrongDevice: "Build the image for this board's model, or choose a board of the image's model."
    case .deviceNotNamed, .writeNotEnabled, .crcMissing, .encrypted:
      "Build the partial with CRC on and without encryption."
    case .forbidden: "Build the partial without it, or let the board's operator allow it (shell.allows)."
    case .notCanonical: "The file was changed, or its tool is not known here: build it again, or upload it again."
    case .frameAddressUnknown, .frameOutsideRegion, .regionNotCovered:
      "Build the partial for exactly this slot of this shell, or choose the slot that it was built for."
    case .regionsDiffer: "Declare only slots of equal geometry relocatable, or build the image for this slot."
    case .invalidPart: "Correct the part in the board's description."
    case .invalidContent: "Give the writer what the message asks for."
    }
  }

  private static func list(_ ranges: [Range<Int>]) -> String {
    guard !ranges.isEmpty else { return "none" }
    let shown = ranges.prefix(4).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound - 1)" }
    return shown.joined(separator: ", ") + (ranges.count > 4 ? " and \(ranges.count - 4) more runs" : "")
  }
}

extension BitstreamError: CustomStringConvertible {
  public var description: String { "\(code): \(message) \(hint)" }
}
