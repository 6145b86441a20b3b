import Digests
import Fabric
import Reconfig
import TestBench
import Testing

/// A board of 4 Little and 2 Big slots, and a key that is trusted for the Little images of the publisher `lab`.
final class ResolutionBench {
  let board: BoardDescriptor
  let trusted: TrustedKeys
  private let key = SigningKey()

  var publicKey: PublicKey { key.publicKey }
  var resolver: ImageResolver { ImageResolver(board: board, trusted: trusted) }

  init() throws {
    board = try BoardDescriptor(manifest: Repository.bytes("bitstreams/boards/softfpga-tiny-big-little.json"))
    let lab = try #require(PublisherName("lab"))
    trusted = TrustedKeys([try TrustedKey(key.publicKey, for: [lab], in: [.little])])
  }

  /// An image of one kernel for the board's Little slots, but for what is said.
  func image(
    name: String = "dct", kernel: String = "lab/dct@1", function: ImageFunction? = nil, variant: VariantName? = nil,
    model: String? = nil, shell: ShellID? = nil, slotKind: SlotKind = .little, microseconds: Int = 10,
    slots: [Int] = [0, 1, 2, 3], relocatedFrom origin: Int? = nil
  ) -> Image {
    let kernels = [kernel].compactMap { KernelName($0) }
    return Image(
      name: name, function: function ?? .kernel(kernels[0]), model: model ?? board.model,
      shell: shell ?? board.shell, slotKind: slotKind, variant: variant, microsecondsPerLaunch: microseconds,
      arguments: [],
      partials: slots.map { number in
        let source = origin ?? number
        return PartialReference(
          slot: slot(number), digest: Digest(of: [UInt8(source)]), byteCount: 1,
          relocatedFrom: source == number ? nil : slot(source))
      })
  }

  func sign(_ image: Image) -> ImageSignature { ImageSignature(of: image, by: key) }

  func stored(_ image: Image, isSigned: Bool = true, faults: [ImageSourceError] = []) -> StoredImage {
    StoredImage(image, signature: isSigned ? sign(image) : nil, faults: faults)
  }
}
