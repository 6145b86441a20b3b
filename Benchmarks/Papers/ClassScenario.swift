import ArgumentParser
import ClusterSimulator
import Fabric
import Foundation
import SlotAllocator

/// What images cost and what bundles take in one comparison.
struct ClassScenario: Hashable {
  enum Bundles: Hashable {
    /// As the catalogue says.
    case stated
    /// A launch takes the sum of the tasks' times if serial, the longest if parallel.
    case plain
  }

  let title: String
  /// The time of every configuration, Little and Big, where nothing is kept in memory.
  let peers: Price
  let tessera: Price
  var bundles = Bundles.stated
  /// Whether one image serves all slots of its kind.
  var isRelocatable = true

  enum Price: Hashable {
    case fromStorage
    case fast
    /// From storage at first, then from memory.
    case cached

    var configuration: SimulationOptions.Configuration {
      switch self {
      case .fromStorage: .fixedByKind(little: .milliseconds(90), big: .milliseconds(180))
      case .fast: .fixedByKind(little: .milliseconds(6), big: .milliseconds(12))
      case .cached: .modelled(cacheByteLimit: 256 << 20)
      }
    }
  }

  func price(for policy: PolicyName) -> Price { policy == .tessera ? tessera : peers }

  static let allFast = ClassScenario(title: "6 / 12 ms for all", peers: .fast, tessera: .fast)
  static let all = [
    ClassScenario(
      title: "Others read images from SD (90 / 180 ms), tessera has its cache", peers: .fromStorage, tessera: .cached),
    ClassScenario(title: "90 / 180 ms for all", peers: .fromStorage, tessera: .fromStorage),
    allFast,
    ClassScenario(
      title: "As the first, a bundle taking the longest (parallel) or the sum (serial) of its tasks",
      peers: .fromStorage,
      tessera: .cached, bundles: .plain),
    ClassScenario(
      title: "As the first, each slot needing an image of its own", peers: .fromStorage, tessera: .cached,
      isRelocatable: false),
  ]
}

/// VersaSlot's catalogue and boards, in the forms that the scenarios need.
struct VersaSlotHouse {
  let catalogue: ApplicationCatalogue
  private let plainCatalogue: ApplicationCatalogue
  private let boards: [Layout: BoardDescriptor]
  private let fixedBoards: [Layout: BoardDescriptor]

  init() throws {
    let catalogue = try OwnData.catalogue("zcu216-versaslot")
    self.catalogue = try ApplicationCatalogue(json: catalogue)
    self.plainCatalogue = try ApplicationCatalogue(json: Self.withPlainBundles(catalogue))
    let texts = try [
      Layout.onlyLittle: OwnData.board("zcu216-only-little"), .bigLittle: OwnData.board("zcu216-big-little"),
    ]
    self.boards = try texts.mapValues { try BoardDescriptor(manifest: $0) }
    self.fixedBoards = try texts.mapValues { try BoardDescriptor(manifest: Self.withoutRelocation($0)) }
  }

  func catalogue(_ bundles: ClassScenario.Bundles) -> ApplicationCatalogue {
    switch bundles {
    case .stated: catalogue
    case .plain: plainCatalogue
    }
  }

  func board(_ layout: Layout, isRelocatable: Bool) throws -> BoardDescriptor {
    guard let board = (isRelocatable ? boards : fixedBoards)[layout] else {
      throw ValidationError("no board for \(layout)")
    }
    return board
  }

  private static func withPlainBundles(_ json: [UInt8]) throws -> [UInt8] {
    try edited(json) { root in
      guard var applications = root["apps"] as? [String: Any] else { return }
      for (name, value) in applications {
        guard var application = value as? [String: Any], let tasks = application["tasks"] as? [[String: Any]],
          let bundles = application["bundles"] as? [[String: Any]]
        else { continue }
        let microseconds = tasks.map { $0["microsecondsPerItem"] as? Int ?? 0 }
        application["bundles"] = bundles.map { bundle in
          let times = (bundle["tasks"] as? [Int] ?? []).map { microseconds[$0] }
          var bundle = bundle
          for (mode, time) in [("serial", times.reduce(0, +)), ("parallel", times.max() ?? 0)] {
            var variant = bundle[mode] as? [String: Any] ?? [:]
            variant["microsecondsPerLaunch"] = time
            bundle[mode] = variant
          }
          return bundle
        }
        applications[name] = application
      }
      root["apps"] = applications
    }
  }

  private static func withoutRelocation(_ json: [UInt8]) throws -> [UInt8] {
    try edited(json) { root in
      guard var shell = root["shell"] as? [String: Any] else { return }
      shell["relocatable"] = false
      root["shell"] = shell
    }
  }

  private static func edited(_ json: [UInt8], _ edit: (inout [String: Any]) -> Void) throws -> [UInt8] {
    guard var root = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any] else { return json }
    edit(&root)
    return Array(try JSONSerialization.data(withJSONObject: root))
  }
}
