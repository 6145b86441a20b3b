internal import Bitstream
internal import Digests
public import Fabric

/// What an image for the emulated board is built from: its manifest without the digests.
public struct SoftImage: Sendable, Hashable {
  /// A short name for the .bit file's header, printable ASCII.
  public let name: String
  public let function: ImageFunction
  /// The modelled time of one launch.
  public let microsecondsPerLaunch: Int
  /// One input and one output; for a parallel bundle one of each for every stage, such as `0.input` and `0.output`.
  public let arguments: [ArgumentRegisters]
  public init(name: String, function: ImageFunction, microsecondsPerLaunch: Int, arguments: [ArgumentRegisters]) {
    self.name = name
    self.function = function
    self.microsecondsPerLaunch = microsecondsPerLaunch
    self.arguments = arguments
  }

  /// What an image's manifest says, without its partials.
  public init(_ image: Image) {
    self.init(
      name: image.name, function: image.function, microsecondsPerLaunch: image.microsecondsPerLaunch,
      arguments: image.arguments)
  }
}

/// Builds partials for the slots of an emulated board: the same image and slot, the same bytes.
///
/// The slot's first frame is a ``KernelFrame``. The words of the others come from ``SplitMix64``, each step giving two
/// words, the low half first. Its seed is the first eight bytes, the lowest first, of the SHA-256 of the text `FUNCTION
/// slot N`, where FUNCTION is `kernel NAME`, `serial NAME NAME...` or `parallel NAME NAME...`.
public struct SoftImageBuilder: Sendable {
  /// The board whose slots the partials are for.
  public let descriptor: BoardDescriptor

  public init(for descriptor: BoardDescriptor) { self.descriptor = descriptor }

  /// The .bit file of an image for one slot, in O(frames of the slot).
  ///
  /// - Throws: ``SoftFPGAError`` where the image does not fit a kernel frame, or the board has no such slot.
  public func partial(of image: SoftImage, for slot: SlotID) throws(SoftFPGAError) -> [UInt8] {
    guard let region = descriptor[slot] else { throw .unknownSlot(slot, slotCount: descriptor.slots.count) }
    let first = try KernelFrame(
      function: image.function, microsecondsPerLaunch: image.microsecondsPerLaunch,
      arguments: image.arguments
    ).words
    var random = SplitMix64(seed: Self.seed(image.function, slot))
    do throws(BitstreamError) {
      let writer = try PartialWriter(part: descriptor.part, region: region.frames)
      return try writer.partial(design: image.name) { position in
        position == 0 ? first : Self.fill(from: &random)
      }
    } catch { throw .unwritablePartial(error) }
  }

  private static func seed(_ function: ImageFunction, _ slot: SlotID) -> UInt64 {
    let digest = Digest(of: Array("\(function) slot \(slot)".utf8))
    return digest.bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// One frame; the last step's high half is left out, as a frame has an odd number of words.
  private static func fill(from random: inout SplitMix64) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: Part.wordsPerFrame) { words, count in
      for index in stride(from: 0, to: Part.wordsPerFrame, by: 2) {
        let step = random.next()
        words.initializeElement(at: index, to: UInt32(truncatingIfNeeded: step))
        if index + 1 < Part.wordsPerFrame { words.initializeElement(at: index + 1, to: UInt32(step >> 32)) }
      }
      count = Part.wordsPerFrame
    }
  }
}
