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

  @Test func `there are four boards of two models`() throws {
    let boards = try Self.boards()
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
    let arguments = Set(images.flatMap { $0.arguments.map(\.name) })
    let ends = application.edges.flatMap { $0.readers + [$0.producer].compactMap(\.self) }
    #expect(Set(ends.map(\.argument)) == arguments)
  }

  @Test func `the times of image compression are those of the data they come from`() throws {
    let path = repository.deletingLastPathComponent().appending(path: "shared/data/apps/zcu216-versaslot.json")
    guard let data = try? Data(contentsOf: path) else { return }
    let source = try #require(try JSON(parsing: Array(data))["apps.image-compression"])
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
