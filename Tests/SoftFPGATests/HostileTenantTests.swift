import Fabric
import HostileTenant
import TestBench
import Testing

@Suite(.timeLimit(.minutes(1))) struct HostileTenantTests {
  /// `benchmarks hostile` makes the million.
  @Test func `a hostile tenant changes and reads nothing that is not its own`() async throws {
    let board = try BoardDescriptor(manifest: Repository.bytes("bitstreams/boards/softfpga-tiny-big-little.json"))
    var tenant = try await HostileTenant(on: board, seed: 20_261_121)
    var attempts: [HostileTenant.Kind: Int] = [:]
    var refusedCount = 0
    var effectiveKinds: Set<HostileTenant.Kind> = []
    var nestedRefusals: Set<String?> = []
    for _ in 0..<10_000 {
      let attempt = try await tenant.attempt()
      attempts[attempt.kind, default: 0] += 1
      if attempt.refusal != nil { refusedCount += 1 }
      if attempt.kind == .nestedStream { nestedRefusals.insert(attempt.refusal) }
      if attempt.isEffectiveWithoutVerifier { effectiveKinds.insert(attempt.kind) }
    }
    // Each kind was tried, most were refused, some stayed within what is the tenant's.
    #expect(HostileTenant.Kind.allCases.allSatisfy { attempts[$0, default: 0] > 300 })
    #expect(7_500..<10_000 ~= refusedCount, "\(refusedCount)")
    #expect(nestedRefusals == ["bitstream.notCanonical"])
    // The images are no blanks: without the verifier they do reach the neighbour's frames, or stop the device.
    let effective: Set<HostileTenant.Kind> = [
      .addressElsewhere, .addressCountsOn, .repeatedElsewhere, .secondStream, .registerOrCommand, .streamsOutOfOrder,
      .openRepetition,
    ]
    #expect(effective.isSubset(of: effectiveKinds), "\(effective.subtracting(effectiveKinds))")
  }
}
