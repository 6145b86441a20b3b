import Digests
import Fabric
import Migration

func board(_ milliseconds: Int64) -> BoardInstant { BoardInstant(nanoseconds: milliseconds * 1_000_000) }
func wall(_ milliseconds: Int64) -> WallInstant { WallInstant(nanoseconds: milliseconds * 1_000_000) }
func record(_ number: UInt64) -> SequenceNumber { SequenceNumber(rawValue: number) }

/// An error that names an event and the state that cannot take it.
func unexpected(_ event: String, in state: String) -> MigrationError { .unexpected(event, in: state) }
