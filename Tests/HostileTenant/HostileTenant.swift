package import Fabric
internal import Bitstream
internal import Digests
internal import SoftFPGA
internal import TestBench

/// A tenant of an emulated board who tries to change and read what is not its own, by seed.
///
/// The board is shared: slot 1 and the first Big slot are the tenant's, all others and half of the buffers the
/// neighbour's. The tenant makes any image, which the agent verifies before it configures it, and any launch. After
/// each attempt all frames and buffers of the neighbour are compared with what they were, the device must operate, and
/// what the tenant can read is searched for the neighbour's bytes.
package struct HostileTenant {
  /// One attempt and what became of it.
  package struct Attempt: Sendable, Hashable {
    /// What was tried.
    package let kind: Kind
    /// The code of the error that refused it; nil if it was taken, since it stayed within what is the tenant's.
    package let refusal: String?
    /// Whether the device alone, without the verifier, would have changed the neighbour's frames or been stopped.
    package let isEffectiveWithoutVerifier: Bool
  }

  /// The tenant got at something: what, by which attempt.
  package struct Breach: Error, Hashable {
    package let kind: Kind
    package let what: String
  }

  var random: SplitMix64
  let house: SharedBoard
  private var readySlots: Set<SlotID> = []

  package init(on descriptor: BoardDescriptor, seed: UInt64) async throws {
    random = SplitMix64(seed: seed)
    house = try await SharedBoard(descriptor)
  }

  /// Makes the next attempt.
  ///
  /// - Throws: ``Breach``, or an error of the harness itself.
  package mutating func attempt() async throws -> Attempt {
    let kind = Kind.allCases[random.draw(0...Kind.allCases.count - 1)]
    let slot = house.tenantSlots[random.draw(0...house.tenantSlots.count - 1)]
    let attempt =
      if let image = try image(of: kind, for: slot) {
        try await configure(slot, with: image, kind)
      } else {
        Attempt(kind: kind, refusal: try await launch(kind, in: slot), isEffectiveWithoutVerifier: false)
      }
    if let what = try await house.damage() { throw Breach(kind: kind, what: what) }
    return attempt
  }

  private mutating func configure(_ slot: SlotID, with image: [UInt8], _ kind: Kind) async throws -> Attempt {
    do throws(BitstreamError) {
      let partial = try house.verifier(of: slot).verify(image, digest: Digest(of: image))
      readySlots.remove(slot)
      do throws(BoardError) {
        try await house.board.configure(slot, with: partial)
        return Attempt(kind: kind, refusal: nil, isEffectiveWithoutVerifier: false)
      } catch { return Attempt(kind: kind, refusal: error.code, isEffectiveWithoutVerifier: false) }
    } catch {
      return Attempt(
        kind: kind, refusal: error.code, isEffectiveWithoutVerifier: house.harmsNeighbour(image, from: slot))
    }
  }

  /// Couples the slot with the tenant's honest image, which every launch begins from.
  mutating func makeReady(_ slot: SlotID) async throws {
    guard readySlots.insert(slot).inserted else { return }
    try await house.board.configure(slot, with: house.honestPartial(of: slot))
  }
}
