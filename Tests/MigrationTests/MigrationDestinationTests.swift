import Fabric
import Migration
import Testing

@Suite struct MigrationDestinationTests {
  let announced = JobEpoch(job: JobID(rawValue: 3), epoch: Epoch(rawValue: 4))

  @Test func `a destination reserves memory, configures slots and says once that it is prepared`() throws {
    var destination = MigrationDestination(announced: announced, at: wall(0))
    #expect(destination.announced == announced)
    #expect((destination.hasMemory, destination.isPrepared) == (false, false))
    #expect(destination.slotsConfigured() == false, "slots count only when there is memory")
    #expect(!destination.hasMemory)
    try destination.reserved()
    #expect((destination.hasMemory, destination.isPrepared) == (true, false))
    #expect(destination.slotsConfigured() == true)
    #expect((destination.hasMemory, destination.isPrepared) == (true, true))
    #expect(destination.slotsConfigured() == false)
    #expect(destination.isPrepared, "nothing goes back")
  }

  @Test func `memory that is reserved twice is an error`() throws {
    var destination = MigrationDestination(announced: announced, at: wall(0))
    try destination.reserved()
    #expect(throws: unexpected("reserved", in: "configuring")) { try destination.reserved() }
    _ = destination.slotsConfigured()
    let before = destination
    #expect(throws: unexpected("reserved", in: "prepared")) { try destination.reserved() }
    #expect(destination == before)
  }

  @Test func `a reservation ends thirty seconds after it was last announced, whatever else happens`() throws {
    var destination = MigrationDestination(announced: announced, at: wall(500))
    #expect(destination.expires == wall(30_500))
    try destination.reserved()
    _ = destination.slotsConfigured()
    #expect(destination.expires == wall(30_500))
    destination.renew(at: wall(2_000))
    destination.renew(at: wall(1_000))
    #expect(destination.expires == wall(32_000))
    #expect(destination.isPrepared)
  }
}
