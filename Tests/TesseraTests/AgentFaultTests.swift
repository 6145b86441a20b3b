import Foundation
import TestBench
import Testing

/// The faults of an emulated board on the command line.
struct AgentFaultTests {
  private static func agent(_ flags: [String]) throws -> BuiltProduct.Run {
    let board = Repository.path("bitstreams/boards/softfpga-tiny-big-little.json")
    return try BuiltProduct(named: "tessera").run(
      ["agent", "--board", board] + flags, scratch: FileManager.default.temporaryDirectory)
  }

  @Test(arguments: [
    (["--fault", "parity:slot=1"], "softfpga.badFault"),
    (["--fault", "crc:slot=1", "--fault", "id"], "softfpga.badFault"),
    (["--fault-rate", "1.5"], "softfpga.badFaultPlan"),
  ]) func `faults that make no sense are refused with a hint`(flags: [String], code: String) throws {
    let run = try Self.agent(flags)
    #expect(run.status == 64, "\(run.errors)")
    #expect(run.errors.contains("\(code): ") && run.errors.contains("hint: "), "\(run.errors)")
  }

  @Test func `a fault in a slot that the board lacks is refused`() throws {
    let run = try Self.agent(["--fault", "crc:slot=6"])
    #expect(run.status == 65, "\(run.errors)")
    #expect(run.errors.contains("softfpga.unknownSlot: "), "\(run.errors)")
  }
}
