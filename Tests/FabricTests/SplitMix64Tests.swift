import Fabric
import Testing

@Suite struct SplitMix64Tests {
  @Test func `the sequence is the published one`() {
    // What other implementations give for this seed.
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }

  @Test func `draws stay in their range and reach all of it`() {
    var random = SplitMix64(seed: 5)
    var counts: [Int: Int] = [:]
    for _ in 0..<7_000 { counts[random.draw(-3...3), default: 0] += 1 }
    #expect(counts.keys.sorted() == Array(-3...3))
    #expect(counts.values.allSatisfy { 850...1_150 ~= $0 })
    #expect(random.draw(4...4) == 4)
    for _ in 0..<100 { #expect(random.draw(Int.min...Int.max - 1) < .max) }
    _ = random.draw(Int.min...Int.max)
  }

  @Test func `draws are the same in every toolchain`() {
    var random = SplitMix64(seed: 42)
    #expect((0..<8).map { _ in random.draw(1...30) } == [23, 5, 9, 11, 2, 27, 7, 25])
  }
}
