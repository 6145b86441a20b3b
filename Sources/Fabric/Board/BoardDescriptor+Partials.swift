public import Bitstream

extension BoardDescriptor {
  /// What checks that a partial writes just the frames of one slot, and does nothing that the shell does not allow.
  ///
  /// For a slot that the board does not have, it refuses every partial.
  public func verifier(for slot: SlotID) -> PartialVerifier {
    PartialVerifier(part: part, region: self[slot]?.frames ?? [], policy: policy)
  }

  /// What moves partials from the frames of one slot to those of another.
  ///
  /// - Throws: `BitstreamError.regionsDiffer` unless the slots are of equal geometry, and `.invalidContent` for one that the
  ///   board does not have. Whether the shell allows it, ``isRelocatable`` says.
  public func relocator(from source: SlotID, to destination: SlotID) throws(BitstreamError) -> PartialRelocator {
    try PartialRelocator(
      part: part, from: self[source]?.frames ?? [], to: self[destination]?.frames ?? [], policy: policy)
  }
}
