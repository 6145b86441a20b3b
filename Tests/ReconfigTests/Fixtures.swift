import Digests
import Fabric
import Reconfig

typealias Request = ConfigurationQueue.Request

/// A slot by its number.
func slot(_ number: Int) -> SlotID { SlotID(rawValue: number) }

/// Both clocks at so many milliseconds.
func at(_ milliseconds: Int64) -> Now {
  Now(
    board: BoardInstant(nanoseconds: milliseconds * 1_000_000), wall: WallInstant(nanoseconds: milliseconds * 1_000_000)
  )
}

/// The partial of that name for a slot.
func partial(_ name: String, _ slotNumber: Int, byteCount: Int = 100) -> PartialReference {
  PartialReference(slot: slot(slotNumber), digest: Digest(of: Array(name.utf8)), byteCount: byteCount)
}

/// A request for a slot to get the partial of that name.
func request(_ name: String, _ slotNumber: Int, byteCount: Int = 100) -> Request {
  let partial = partial(name, slotNumber, byteCount: byteCount)
  return Request(
    slot: slot(slotNumber), image: ImageID(rawValue: partial.digest), partial: partial,
    execution: JobEpoch(job: JobID(rawValue: 1), epoch: Epoch(rawValue: 1)), requested: at(0).board)
}
