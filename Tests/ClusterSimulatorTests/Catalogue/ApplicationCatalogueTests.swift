import ClusterSimulator
import Fabric
import Testing

@Suite struct ApplicationCatalogueTests {
  static func builtIn(_ name: String) throws -> ApplicationCatalogue {
    try ApplicationCatalogue(json: #require(BuiltIn.catalogue(name)))
  }

  @Test func `AlexNet has 38 tasks in layers, each after all of the layer before`() throws {
    let alexnet = try #require(Self.builtIn("zcu106-nimblock")["alexnet"]).application
    #expect(alexnet.tasks.count == 38)
    let layers = [4, 8, 4, 8, 8, 2, 2, 2]
    let ends = alexnet.edges.filter { $0.producer != nil }.reduce(0) { $0 + $1.readers.count }
    #expect(ends == zip(layers, layers.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 })
    #expect(ends == 184)
    #expect(alexnet.edges.count == 39)
    let input = try #require(alexnet.inputEdge)
    #expect(input.readers.map { "\($0.task).\($0.argument)" } == (0..<4).map { "conv1_\($0).in0" })
    #expect(alexnet.edges.filter(\.readers.isEmpty).map(\.name.text) == ["fc8_0", "fc8_1"])
    let last = try #require(alexnet.edges.first { $0.name.text == "conv1_3" })
    #expect(Set(last.readers.map(\.argument.text)) == ["in3"])
    #expect(Set(alexnet.tasks.map(\.kernel)).count == 8)
  }

  /// Reference: sums of the tables of nimblock.md section 2.2, in microseconds, within the rounding of their rows.
  @Test(arguments: [
    ("lenet", 17_515, 93_576), ("digit-recognition", 101_614_435, 197_016_728), ("3d-rendering", 67_890, 256_348),
    ("image-compression", 6_820, 10_492), ("optical-flow", 736_560, 4_448_536), ("alexnet", 7_755_580, 69_660_000),
  ])
  func `the times of Nimblock's applications add up`(_ name: String, _ estimated: Int, _ measured: Int) throws {
    let tasks = try #require(Self.builtIn("zcu106-nimblock")[name]).application.tasks
    #expect(tasks.reduce(0) { $0 + $1.estimatedMicrosecondsPerItem } == estimated)
    let sum = tasks.reduce(0) { $0 + $1.measuredMicrosecondsPerItem }
    // The table has fc7_0 and fc8_0 with a configuration in them, about 150 ms more, and rounds to 10 ms.
    #expect(abs(sum - measured) <= (name == "alexnet" ? 200_000 : tasks.count))
  }

  /// Reference: versaslot.md section 2.1.
  @Test(arguments: [
    ("image-compression", 3_469_054), ("lenet", 277_054), ("3d-rendering", 320_424), ("optical-flow", 4_921_764),
  ])
  func `the times of VersaSlot's applications add up, and serve as both`(_ name: String, _ sum: Int) throws {
    let tasks = try #require(Self.builtIn("zcu216-versaslot")[name]).application.tasks
    #expect(tasks.reduce(0) { $0 + $1.measuredMicrosecondsPerItem } == sum)
    #expect(tasks.allSatisfy { $0.estimatedMicrosecondsPerItem == $0.measuredMicrosecondsPerItem })
  }

  @Test func `an application with one output is what its manifest says`() throws {
    for name in BuiltIn.catalogueNames {
      for listing in try Self.builtIn(name).listings where listing.application.name != "alexnet" {
        #expect(try Application(manifest: listing.application.manifest) == listing.application)
      }
    }
  }

  @Test func `what the publications state is there`() throws {
    let nimblock = try Self.builtIn("zcu106-nimblock")
    #expect(nimblock.listings.map(\.application.name) == nimblock.listings.map(\.application.name).sorted())
    #expect(nimblock.configurationTimes.time(under: "nimblock") == .microseconds(89_600))
    #expect(nimblock.configurationTimes.time(under: "exclusive") == .microseconds(84_400))
    #expect(nimblock.configurationTimes.time(under: "tessera") == nil)
    #expect(nimblock.configurationTimes.time(of: .little) == nil)
    #expect(nimblock.isConfigurationSynchronous)
    #expect(nimblock.priorities == [1, 3, 9])
    #expect(try nimblock.gaps(of: "stress") == .milliseconds(150)...(.milliseconds(200)))
    #expect(nimblock["alexnet"]?.slotGoals.count(of: .little, in: .onlyLittle) == 4)
    #expect(nimblock["alexnet"]?.slotGoals.count(of: .big, in: .bigLittle) == nil)
    #expect(nimblock["alexnet"]?.batchMaximum == 1)
    #expect(nimblock["photo"] == nil)

    let versaslot = try Self.builtIn("zcu216-versaslot")
    #expect(versaslot.configurationTimes.time(of: .big) == .milliseconds(180))
    #expect(versaslot.configurationTimes.time(under: "nimblock") == nil)
    #expect(!versaslot.isConfigurationSynchronous)
    #expect(versaslot.loadClasses.keys.sorted() == ["loose", "realtime", "standard", "stress"])
    let goals = try #require(versaslot["image-compression"]).slotGoals
    #expect(goals.count(of: .little, in: .onlyLittle) == 4)
    #expect(goals.count(of: .little, in: .bigLittle) == 3)
    #expect(goals.count(of: .big, in: .bigLittle) == 2)
    let bundle = try #require(versaslot["optical-flow"]).application.bundles[1]
    #expect(bundle.tasks.map(\.text) == ["OFTSK4", "OFTSK5", "OFTSK6"])
    #expect(bundle.microsecondsPerLaunch == [.serial: 1_065_370, .parallel: 432_640])
  }

  @Test func `a class that the catalogue lacks is named`() throws {
    #expect(throws: CatalogueError.unknownLoadClass("loose", known: ["realtime", "standard", "stress"])) {
      try Self.builtIn("zcu106-nimblock").gaps(of: "loose")
    }
  }

  @Test func `kernels of one name in two applications are two kernels`() throws {
    let catalogue = try Self.builtIn("zcu106-nimblock")
    #expect(catalogue["3d-rendering"]?.application.tasks[0].kernel.text == "nimblock/3d-rendering.bundle1@1")
    #expect(catalogue["image-compression"]?.application.tasks[0].kernel.text == "nimblock/image-compression.bundle1@1")
    #expect(catalogue["image-compression"]?.application.tasks[1].kernel.text == "nimblock/dct@1")
  }
}
