// swift-tools-version: 6.2
import PackageDescription

// Set by scripts/fuzz: everything is built for libFuzzer then, and the program that it runs is there.
let isFuzzing = Context.environment["TESSERA_FUZZ"] != nil

let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
  ] + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : [])

let package = Package(
  name: "tessera",
  products: [.executable(name: "tessera", targets: ["tessera"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
  ],
  targets: [
    // The rooms, lowest first; a room uses only rooms listed before it (CONTRIBUTING.md).
    .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
    room("ZeroMQ", ["CZeroMQ"]),
    room("Digests", ["CSodium"]),
    room("Bitstream", ["Digests"]),
    room("Fabric", ["Digests", "Bitstream"]),
    room("SystemClock", ["Fabric"]),
    room("SlotAllocator", ["Fabric"]),
    room("Reconfig", ["Digests", "Bitstream", "Fabric"]),
    room("Migration", ["Fabric"]),
    room("SoftFPGA", ["Digests", "Bitstream", "Fabric"]),
    room("Messages", ["Digests", "Fabric"]),
    room("Transfer", ["Digests", "Fabric", "Messages"]),
    room(
      "BoardAgent",
      ["Digests", "Bitstream", "Fabric", "SlotAllocator", "Reconfig", "Migration", "Messages", "Transfer", .log]),
    room("ClusterBroker", ["Digests", "Fabric", "SlotAllocator", "Messages", "Transfer", .log]),
    room("Client", ["Digests", "Fabric", "Messages", "Transfer"]),
    room("Store", ["Digests", "Bitstream", "Fabric", "Reconfig", .grdb]),
    room(
      "Wire", ["ZeroMQ", "Digests", "Fabric", "Messages", "BoardAgent", "ClusterBroker", .protobuf, .log]),
    .target(
      name: "ClusterSimulator",
      dependencies: [
        "Digests", "Bitstream", "Fabric", "SlotAllocator", "Reconfig", "Migration", "SoftFPGA", "Messages",
        "BoardAgent", "ClusterBroker", .deque,
      ],
      resources: [.embedInCode("Resources")], swiftSettings: settings),
    .executableTarget(
      name: "tessera",
      dependencies: [
        "Digests", "Bitstream", "Fabric", "SystemClock", "SlotAllocator", "Reconfig", "Migration", "SoftFPGA",
        "Messages", "Transfer", "Client", "BoardAgent", "ClusterBroker", "Store", "Wire", "ClusterSimulator",
        .arguments, .lifecycle, .signals, .log,
      ],
      swiftSettings: settings),
    // What `make bench` runs.
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "Digests", "Bitstream", "Fabric", "SystemClock", "SlotAllocator", "Reconfig", "SoftFPGA", "Messages",
        "BoardAgent", "ClusterBroker", "ClusterSimulator", "CAllocationCount", "HostileTenant", "LoneAgent",
        "PlainReference", "TestBench", .arguments, .log,
      ],
      path: "Benchmarks", exclude: ["CAllocationCount", "Traces"], swiftSettings: settings),
    .target(name: "CAllocationCount", path: "Benchmarks/CAllocationCount"),
    // The photo program of the demo.
    .systemLibrary(name: "CPNG", path: "Examples/CPNG", providers: [.apt(["libpng-dev"])]),
    .executableTarget(
      name: "photo", dependencies: ["CPNG", .arguments], path: "Examples/photo", swiftSettings: settings),
    // The picture kernels once more, sharing nothing with the board, for tests to compare with.
    .target(name: "PlainReference", path: "Tests/PlainReference", swiftSettings: settings),
    // The built programs and this repository's files, for tests that run them.
    .target(name: "TestBench", dependencies: ["Fabric"], path: "Tests/TestBench", swiftSettings: settings),
    // What fuzzing hands bytes to (Documentation/fuzzing.md).
    .target(
      name: "FuzzTargets",
      dependencies: ["Digests", "Bitstream", "Fabric", "SoftFPGA", "Messages", "Store", "Wire"],
      path: "Fuzzing/Targets", swiftSettings: settings),
    // What an agent talks to within one process, for tests and measurements.
    .target(
      name: "LoneAgent", dependencies: ["Digests", "Fabric", "Messages", "BoardAgent"], path: "Tests/LoneAgent",
      swiftSettings: settings),
    // A tenant who attacks its neighbour on an emulated board, for tests and measurements.
    .target(
      name: "HostileTenant", dependencies: ["Digests", "Bitstream", "Fabric", "SoftFPGA", "TestBench"],
      path: "Tests/HostileTenant", swiftSettings: settings),
    tests("PhotoTests", ["TestBench"]),
    tests("DigestsTests", ["Digests"]),
    tests("BitstreamTests", ["Digests", "Bitstream", "TestBench"]),
    tests("ZeroMQTests", ["ZeroMQ"]),
    tests("FabricTests", ["Digests", "Bitstream", "Fabric", "TestBench"]),
    tests("SlotAllocatorTests", ["Digests", "Fabric", "SlotAllocator", "TestBench"]),
    tests("ReconfigTests", ["Digests", "Bitstream", "Fabric", "Reconfig", "TestBench"]),
    tests("MigrationTests", ["Digests", "Fabric", "Migration"]),
    tests(
      "SoftFPGATests",
      ["Digests", "Bitstream", "Fabric", "SoftFPGA", "PlainReference", "HostileTenant", "TestBench"]),
    tests("TransferTests", ["Digests", "Fabric", "Messages", "Transfer", "TestBench"]),
    tests(
      "ClusterBrokerTests",
      ["Digests", "Bitstream", "Fabric", "SystemClock", "Messages", "Transfer", "ClusterBroker", "TestBench", .log]),
    tests(
      "BoardAgentTests",
      [
        "Digests", "Bitstream", "Fabric", "SlotAllocator", "Reconfig", "Migration", "SoftFPGA", "Messages", "Transfer",
        "SystemClock", "BoardAgent", "PlainReference", "LoneAgent", "TestBench", .log,
      ]),
    tests("ClientTests", ["Digests", "Fabric", "Messages", "Transfer", "Client", "TestBench"]),
    tests(
      "ProtocolTests",
      ["Digests", "Bitstream", "Fabric", "SlotAllocator", "Messages", "BoardAgent", "ClusterBroker", "TestBench"]),
    tests(
      "WireTests",
      [
        "ZeroMQ", "Digests", "Bitstream", "Fabric", "Messages", "BoardAgent", "ClusterBroker", "Wire", "TestBench",
        .log,
      ]),
    tests(
      "TesseraTests",
      [
        "ZeroMQ", "Digests", "Bitstream", "Fabric", "SlotAllocator", "SoftFPGA", "Messages", "BoardAgent",
        "ClusterBroker", "Wire", "PlainReference", "TestBench", .log,
      ]),
    tests("FuzzTargetsTests", ["FuzzTargets", "TestBench"]),
    tests("StoreTests", ["Digests", "Bitstream", "Fabric", "Reconfig", "Store", "TestBench"]),
    tests(
      "ClusterSimulatorTests",
      [
        "Digests", "Fabric", "SlotAllocator", "Messages", "BoardAgent", "ClusterBroker", "ClusterSimulator",
        "TestBench",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

if isFuzzing {
  // A program in C, since the main() is libFuzzer's.
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets"], path: "Fuzzing/Entry",
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])]))
}

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

extension Target.Dependency {
  static var arguments: Self { .product(name: "ArgumentParser", package: "swift-argument-parser") }
  static var deque: Self { .product(name: "DequeModule", package: "swift-collections") }
  static var log: Self { .product(name: "Logging", package: "swift-log") }
  static var protobuf: Self { .product(name: "SwiftProtobuf", package: "swift-protobuf") }
  static var grdb: Self { .product(name: "GRDB", package: "GRDB.swift") }
  static var signals: Self { .product(name: "UnixSignals", package: "swift-service-lifecycle") }
  static var lifecycle: Self { .product(name: "ServiceLifecycle", package: "swift-service-lifecycle") }
}
