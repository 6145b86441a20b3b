import Bitstream
import Fabric
import Foundation
import Testing

/// The data files of the repository.
@Suite struct CommittedDataTests {
  private static func boards() throws -> [String: BoardDescriptor] {
    try Dictionary(
      manifests(in: "bitstreams/boards").map { ($0.name, try BoardDescriptor(manifest: $0.bytes)) },
      uniquingKeysWith: { first, _ in first })
  }
  private static func images() throws -> [Image] {
    try manifests(in: "bitstreams/images").map { try Image(manifest: $0.bytes) }
  }
  private static let measuredTimes = repository.deletingLastPathComponent()
    .appending(path: "shared/data/apps/zcu216-versaslot.json")
  private static func application() throws -> Application {
    try Application(manifest: contents(of: "Applications/image-compression.json"))
  }

  @Test func `every committed application decodes`() throws {
    let files = try manifests(in: "Applications").filter { $0.name != "schema.json" }
    #expect(!files.isEmpty)
    for file in files {
      let application = try Application(manifest: file.bytes)
      #expect("\(application.name).json" == file.name)
    }
  }

  @Test func `there are four emulated boards of two models`() throws {
    let boards = try Self.boards().filter { $0.key.hasPrefix("softfpga") }
    #expect(
      boards.mapValues { "\($0.model) \($0.slots.count)" } == [
        "softfpga-only-little.json": "softfpga-1 8", "softfpga-big-little.json": "softfpga-1 6",
        "softfpga-tiny-only-little.json": "softfpga-tiny 8", "softfpga-tiny-big-little.json": "softfpga-tiny 6",
      ])
    for board in boards.values {
      #expect(board.slots.flatMap(\.frames).map(\.count).reduce(0, +) == board.part.frameCount)
      #expect(board.part.device.rawValue & 0xFFF == 0x0FF, "manufacturer 0x07F, then a one")
      #expect(board.memoryByteCount == 1 << 30)
      #expect(board.part.rows == 8)
    }
    #expect(boards["softfpga-only-little.json"]?.part.framesPerRow == 2812)
    #expect(Set(boards.values.map(\.shell)).count == 4)
  }

  @Test func `the boards of the papers have the published slots`() throws {
    let boards = try Self.boards()
    let nimblock = try #require(boards["zcu106-10-little.json"])
    #expect(nimblock.part.device == DeviceID(rawValue: 0x04A5_A093))
    #expect((nimblock.part.rows, nimblock.part.framesPerRow) == (6, 7367))
    #expect(
      nimblock.slots.map(\.partialByteCount) == [
        945_064, 985_336, 989_944, 1_028_584, 1_027_048, 1_033_936, 1_035_240, 1_035_240, 1_035_240, 1_122_936,
      ])
    // Logic and memory frames as the partials write them, less one pad frame a block, or two at the end of a row.
    let counts = [1882 + 512, 1982 + 512, 1982 + 512] + Array(repeating: 2090 + 512, count: 3)
    let twoRows = Array(repeating: 2 * (1058 + 256), count: 3) + [2 * (1180 + 256)]
    #expect(nimblock.slots.map { $0.frames.map(\.count).reduce(0, +) } == counts + twoRows)
    #expect(!nimblock.isRelocatable && nimblock.memoryByteCount == 2 << 30)
    let little = SlotCounts(little: 8, big: 0)
    for (name, counts) in ["only": little, "big": SlotCounts(little: 4, big: 2)] {
      let board = try #require(boards["zcu216-\(name)-little.json"])
      #expect(SlotCounts(of: board) == counts)
      #expect(board.part.device == DeviceID(rawValue: 0x04AA_8093))
      #expect((board.part.rows, board.part.framesPerRow) == (8, 8495))
      #expect(board.isRelocatable && board.memoryByteCount == 4 << 30)
      #expect(board.slots.allSatisfy { $0.partialByteCount == ($0.kind == .little ? 1 : 2) * 1_035_240 })
    }
    #expect(boards.filter { $0.key.hasPrefix("zcu216") }.values.allSatisfy { $0.slots.allSatisfy(\.frames.isEmpty) })
  }

  private struct SlotCounts: Equatable {
    let little: Int
    let big: Int
    init(little: Int, big: Int) {
      self.little = little
      self.big = big
    }
    init(of board: BoardDescriptor) {
      little = board.slots.count { $0.kind == .little }
      big = board.slots.count { $0.kind == .big }
    }
  }

  @Test(arguments: [("zcu106-10-little", 88.22, 1.38), ("zcu216-only-little", 84, 6), ("zcu216-big-little", 84, 6)])
  func `a typical image takes the stated milliseconds`(_ board: String, _ storage: Double, _ port: Double) throws {
    let board = try #require(try Self.boards()["\(board).json"])
    let byteCount = 1_035_240.0
    #expect(abs(byteCount / Double(board.storageBytesPerSecond) * 1_000 - storage) < 0.001)
    #expect(abs(byteCount / Double(board.portBytesPerSecond) * 1_000 - port) < 0.001)
  }

  @Test func `the shells of the emulated boards keep their ids`() throws {
    let shells = try Self.boards().filter { $0.key.hasPrefix("softfpga") }.mapValues { "\($0.shell)".prefix(16) }
    #expect(
      shells == [
        "softfpga-only-little.json": "cc6aa283e7c5089e", "softfpga-big-little.json": "9a116c9271a5967b",
        "softfpga-tiny-only-little.json": "0591a37749886589", "softfpga-tiny-big-little.json": "f41f9bbf9be0f6b4",
      ])
  }

  @Test func `sixteen images have eighty partials that fit their boards`() throws {
    let boards = try Self.boards().values
    let images = try Self.images()
    #expect(images.count == 16)
    #expect(images.map(\.partials.count).reduce(0, +) == 80)
    for image in images {
      let board = try #require(boards.first { $0.shell == image.shell })
      #expect(board.model == image.model)
      #expect(image.partials.map(\.slot) == board.slots.filter { $0.kind == image.slotKind }.map(\.slot))
    }
  }

  @Test func `each partial has the size that its slot's frames need`() throws {
    let boards = try Self.boards().values
    let images = try Self.images()
    let zero = [UInt32](repeating: 0, count: Part.wordsPerFrame)
    for kind in SlotKind.allCases {
      let image = try #require(images.first { $0.slotKind == kind })
      let partial = try #require(image.partials.first)
      let board = try #require(boards.first { $0.shell == image.shell })
      let writer = try PartialWriter(part: board.part, region: #require(board[partial.slot]).frames)
      let size = try writer.partial(design: image.name) { _ in zero }.count
      for other in images where other.slotKind == kind {
        #expect(Set(other.partials.map(\.byteCount)) == [size + other.name.utf8.count - image.name.utf8.count])
      }
    }
  }

  @Test func `every image's manifest has the one layout`() throws {
    for image in try Self.images() {
      #expect(try image.settingPartials(image.partials).manifest == image.manifest, "\(image.name)")
    }
  }

  @Test func `every task and bundle of image compression has an image on both shells`() throws {
    let application = try Self.application()
    let images = try Self.images()
    let shells = Set(images.map(\.shell))
    let kernels = Dictionary(uniqueKeysWithValues: application.tasks.map { ($0.name, $0.kernel) })
    for task in application.tasks {
      let own = images.filter { $0.function == .kernel(task.kernel) }
      #expect(Set(own.map(\.shell)) == shells)
      #expect(own.allSatisfy { $0.slotKind == .little })
      #expect(own.allSatisfy { $0.microsecondsPerLaunch == task.measuredMicrosecondsPerItem })
    }
    for bundle in application.bundles {
      for (mode, microseconds) in bundle.microsecondsPerLaunch {
        let function = ImageFunction.bundle(mode, bundle.tasks.compactMap { kernels[$0] })
        let own = try #require(images.first { $0.function == function })
        #expect(own.slotKind == .big)
        #expect(own.microsecondsPerLaunch == microseconds)
      }
    }
    // A parallel bundle has the arguments of each stage, after the stage's number.
    let arguments = Set(images.flatMap { $0.arguments.compactMap { $0.name.text.split(separator: ".").last } })
    let ends = application.edges.flatMap { $0.readers + [$0.producer].compactMap(\.self) }
    #expect(Set(ends.map { $0.argument.text[...] }) == arguments)
  }

  @Test(.enabled(if: FileManager.default.isReadableFile(atPath: measuredTimes.path)))
  func `the times of image compression are those of the data they come from`() throws {
    let source = try #require(
      try JSON(parsing: Array(Data(contentsOf: Self.measuredTimes)))["apps.image-compression"])
    let application = try Self.application()
    let tasks = source["tasks"]?.elements ?? []
    #expect(application.tasks.map(\.name.text) == tasks.compactMap { $0["name"]?.string })
    #expect(
      application.tasks.map(\.measuredMicrosecondsPerItem) == tasks.compactMap { $0["microsecondsPerItem"]?.integer })
    let bundles = source["bundles"]?.elements ?? []
    #expect(application.bundles.map(\.name.text) == bundles.compactMap { $0["name"]?.string })
    for (bundle, origin) in zip(application.bundles, bundles) {
      for mode in BundleMode.allCases {
        #expect(bundle.microsecondsPerLaunch[mode] == origin["\(mode.rawValue).microsecondsPerLaunch"]?.integer)
      }
      let names = origin["tasks"]?.elements.compactMap { $0.integer.map { application.tasks[$0].name } }
      #expect(bundle.tasks == names)
    }
  }
}
