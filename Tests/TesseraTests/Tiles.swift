import Fabric
import Foundation
import PlainReference
import TestBench

/// Items for real daemons: tiles small enough to be quick, many enough to be caught in the middle.
enum Tiles {
  static func inputs(_ count: Int, seed: UInt64 = 0) -> [[UInt8]] {
    pictures(count, seed: seed).map { PlainReference.item($0, stage: 0) }
  }

  static func results(_ count: Int, seed: UInt64 = 0) -> [[UInt8]] {
    pictures(count, seed: seed).map(PlainReference.reconstructed)
  }

  private static func pictures(_ count: Int, seed: UInt64) -> [PlainReference.Tile] {
    (0..<count).map {
      PlainReference.noise(width: 32, height: 24, channels: 3, seed: seed + UInt64($0))
    }
  }
}
