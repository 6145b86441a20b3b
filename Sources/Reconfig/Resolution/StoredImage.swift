public import Fabric

/// An image as a store has it: with its signature, and with what is wrong with its partials.
public struct StoredImage: Sendable, Hashable {
  public let image: Image
  /// Nobody's, as long as ``TrustedKeys`` has not looked at it.
  public let signature: ImageSignature?
  /// A fault for each file that is not there, or has not the size that the manifest states.
  public let faults: [ImageSourceError]

  public init(_ image: Image, signature: ImageSignature?, faults: [ImageSourceError] = []) {
    self.image = image
    self.signature = signature
    self.faults = faults
  }
}
