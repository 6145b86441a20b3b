import BoardAgent
import Digests
import Fabric
import Testing

/// Where a configuration's time before the port went.
@Suite struct PartialSuppliesTests {
  private var supplies = PartialSupplies(slotCount: 2)
  private let first = SlotID(rawValue: 0)
  private let second = SlotID(rawValue: 1)
  private let partial = PartialReference(slot: SlotID(rawValue: 0), digest: Digest(of: [1]), byteCount: 1)
  private let other = PartialReference(slot: SlotID(rawValue: 1), digest: Digest(of: [2]), byteCount: 1)

  private func at(_ nanoseconds: Int64) -> BoardInstant { BoardInstant(nanoseconds: nanoseconds) }

  private func wait(_ fetch: Int, _ verification: Int) -> PartialSupply.Wait {
    PartialSupply.Wait(fetch: .nanoseconds(fetch), verification: .nanoseconds(verification))
  }

  @Test mutating func `what is in memory is not waited for`() {
    supplies.requested(partial, in: first, isInMemory: true, at: at(1))
    supplies.readBegan(partial, at: at(2))
    supplies.readEnded(partial, verification: .nanoseconds(1), at: at(9))
    #expect(supplies.supply(of: first) == .hit)
    #expect(supplies.supply(of: second) == nil)
  }

  @Test mutating func `a cold one waits for all of the read, which may begin later`() {
    supplies.readBegan(other, at: at(0))
    supplies.requested(partial, in: first, isInMemory: false, at: at(1))
    supplies.readEnded(other, verification: .nanoseconds(3), at: at(10))
    #expect(supplies.supply(of: first) == .cold(.none))
    supplies.readBegan(partial, at: at(10))
    supplies.readEnded(partial, verification: .nanoseconds(3), at: at(30))
    #expect(supplies.supply(of: first) == .cold(wait(17, 3)))
  }

  @Test(arguments: [(10, 17, 3), (26, 1, 3), (27, 0, 3), (29, 0, 1), (30, 0, 0)])
  mutating func `who joins a read waits for what is left of it`(requested: Int64, fetch: Int, verification: Int) {
    supplies.readBegan(partial, at: at(5))
    supplies.requested(partial, in: second, isInMemory: false, at: at(requested))
    supplies.readEnded(partial, verification: .nanoseconds(3), at: at(30))
    #expect(supplies.supply(of: second) == .joined(wait(fetch, verification)))
  }

  @Test mutating func `a newer request for the slot begins anew`() {
    supplies.requested(partial, in: first, isInMemory: false, at: at(0))
    supplies.readBegan(partial, at: at(0))
    supplies.requested(other, in: first, isInMemory: false, at: at(4))
    supplies.readEnded(partial, verification: .zero, at: at(5))
    #expect(supplies.supply(of: first) == .cold(.none))
  }

  @Test(arguments: [(-5, 10, 0), (99, 0, 10)])
  mutating func `no verification takes less than nothing or more than the whole`(
    said: Int, fetch: Int, verification: Int
  ) {
    supplies.requested(partial, in: first, isInMemory: false, at: at(0))
    supplies.readBegan(partial, at: at(0))
    supplies.readEnded(partial, verification: .nanoseconds(said), at: at(10))
    #expect(supplies.supply(of: first) == .cold(wait(fetch, verification)))
  }
}
