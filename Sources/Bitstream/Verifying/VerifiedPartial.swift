public import Digests

/// A partial bitstream that was checked: these bytes write exactly these frames of this device, under right CRCs.
///
/// Only `PartialVerifier` makes one, so to hold one is the proof.
public struct VerifiedPartial: Sendable, Hashable {
  /// The device that it is for.
  public let device: DeviceID
  /// The frames that it writes: ordinals of its part, sorted, disjoint, none empty.
  public let frames: [Range<Int>]
  /// The SHA-256 of `bytes`.
  public let digest: Digest
  /// The .bit or .bin file, as it was verified.
  public let bytes: [UInt8]

  init(device: DeviceID, frames: [Range<Int>], digest: Digest, bytes: [UInt8]) {
    (self.device, self.frames, self.digest, self.bytes) = (device, frames, digest, bytes)
  }
}
