import ClusterSimulator
import Fabric
import Testing

@Suite struct TraceGeneratorTests {
  private static func trace(
    _ catalogue: String, _ loadClass: String, sequences: Int, jobs: Int = 20, seed: UInt64
  ) throws -> Trace {
    try TraceGenerator(loadClass: loadClass, of: ApplicationCatalogueTests.builtIn(catalogue))
      .trace(sequences: sequences, jobs: jobs, seed: seed)
  }

  @Test func `a seed gives this trace, in every toolchain`() throws {
    let trace = try Self.trace("zcu106-nimblock", "standard", sequences: 2, jobs: 5, seed: 1)
    #expect(
      String(decoding: trace.csv, as: UTF8.self) == """
        sequence,arrival_s,application,batch,priority
        0,0,image-compression,23,9
        0,1.939,digit-recognition,1,9
        0,3.641,image-compression,9,9
        0,5.359,lenet,14,3
        0,7.2,3d-rendering,13,9
        1,0,optical-flow,2,1
        1,1.523,digit-recognition,1,1
        1,3.522,image-compression,22,1
        1,5.241,image-compression,18,3
        1,7.115,alexnet,1,3

        """)
  }

  @Test func `a mean gap is drawn from nothing to its double, and a batch is the same for all`() throws {
    let catalogue = try ApplicationCatalogueTests.builtIn("zcu216-versaslot")
    let generator = TraceGenerator(meanGap: .microseconds(20), of: catalogue)
    let entries = try generator.trace(sequences: 1, jobs: 5_000, batch: 3, seed: 1).entries
    #expect(Set(entries.map(\.batch)) == [3])
    let gaps = zip(entries, entries.dropFirst()).map { $1.arrival - $0.arrival }
    #expect(gaps.allSatisfy { (.zero)...(.microseconds(40)) ~= $0 })
    let mean = gaps.reduce(.zero, +) / gaps.count
    #expect((.microseconds(19))...(.microseconds(21)) ~= mean, "\(mean)")
  }

  @Test func `sequences do not depend on how many follow`() throws {
    let few = try Self.trace("zcu216-versaslot", "loose", sequences: 3, seed: 9)
    let many = try Self.trace("zcu216-versaslot", "loose", sequences: 30, seed: 9)
    #expect(Array(many.entries.prefix(60)) == few.entries)
  }

  @Test func `every draw is in the catalogue's range, and reaches its ends`() throws {
    let catalogue = try ApplicationCatalogueTests.builtIn("zcu216-versaslot")
    for (loadClass, gaps) in catalogue.loadClasses {
      let entries = try Self.trace("zcu216-versaslot", loadClass, sequences: 200, seed: 3).entries
      #expect(Set(entries.map(\.sequence)) == Set(0..<200))
      #expect(Set(entries.map(\.priority)) == [1, 3, 9])
      for listing in catalogue.listings {
        let batches = entries.filter { $0.application == listing.application.name }.map(\.batch)
        #expect(Set(batches) == Set(1...listing.batchMaximum))
      }
      for (entry, next) in zip(entries, entries.dropFirst()) {
        if next.sequence == entry.sequence {
          #expect(gaps.contains(next.arrival - entry.arrival))
        } else {
          #expect(next.arrival == .zero)
        }
      }
    }
  }

  @Test func `long applications come once in a sequence at most`() throws {
    let entries = try Self.trace("zcu106-nimblock", "realtime", sequences: 100, seed: 4).entries
    for sequence in 0..<100 {
      let names = entries.filter { $0.sequence == sequence }.map(\.application)
      #expect(names.count == 20)
      #expect(names.count { $0 == "alexnet" } <= 1)
      #expect(names.count { $0 == "digit-recognition" } <= 1)
    }
    #expect(entries.contains { $0.application == "alexnet" })
  }

  @Test func `what cannot be drawn is refused by name`() throws {
    #expect(throws: CatalogueError.self) { try Self.trace("zcu106-nimblock", "loose", sequences: 1, seed: 1) }
    #expect(throws: TraceError.empty) { try Self.trace("zcu106-nimblock", "stress", sequences: 0, seed: 1) }
    #expect(throws: TraceError.tooManyRows(limit: Trace.maximumEntryCount)) {
      try Self.trace("zcu106-nimblock", "stress", sequences: .max, jobs: 2, seed: 1)
    }
    let chain = CatalogueFaultTests.good.replacing("\"chain\": 3", with: "\"chain\": 1")
    let generator = try TraceGenerator(loadClass: "busy", of: CatalogueFaultTests.catalogue(chain))
    #expect(throws: CatalogueError.tooFewApplications(found: 2, jobsPerSequence: 3)) {
      try generator.trace(sequences: 1, jobs: 3, seed: 1)
    }
    #expect(try generator.trace(sequences: 1, jobs: 2, seed: 1).entries.count == 2)
  }
}
