import Bitstream
import Foundation

/// Files that real tools made; they are not part of this repository, and where they are absent there are none.
enum VendorFile: String {
  case slot0 = "zcu106-slot0-zculling.bit"
  case slot9 = "zcu106-slot9-lenet-conv1.bit"
  case compressed = "xcau15p-full-compressed.bit"

  var bytes: [UInt8]? {
    let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = repository.deletingLastPathComponent().appending(path: "shared/data/bitstreams/\(rawValue)")
    return (try? Data(contentsOf: file)).map { Array($0) }
  }
}

/// The frames per column of a row of real devices, from the tables of bitfiltrator (MIT), which agree with the files.
enum RealColumns {
  /// xczu7ev: 6 rows, with 5 memory columns of 256 frames.
  static let xczu7ev: [Int] = [
    8, 4, 12, 4, 76, 16, 16, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76,
    16, 16, 76, 16, 16, 76, 4, 10, 4, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76,
    16, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 16, 76, 8,
    16, 76, 16, 16, 76, 8, 16, 76, 16, 6, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 16, 76,
    9, 76, 16, 16, 76, 8, 16, 76, 16, 8, 4, 12, 4, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8,
    16, 76, 16, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 16, 76, 8, 16, 76,
    16, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76, 4, 10, 4, 76, 16, 16, 76, 16, 6, 76, 16,
    16, 76, 8, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76, 4, 8,
  ]

  /// xcau15p: 3 rows, with 4 memory columns of 256 frames.
  static let xcau15p: [Int] = [
    8, 4, 12, 4, 76, 16, 16, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76,
    16, 16, 76, 16, 16, 76, 4, 10, 4, 76, 16, 16, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8,
    16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76,
    4, 10, 4, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 4, 8,
  ]

  static func memory(_ count: Int) -> [Int] { Array(repeating: 256, count: count) }
}

extension Part {
  static func xczu7ev() throws -> Part {
    try Part(
      name: "xczu7ev", device: DeviceID(rawValue: 0x04A5_A093), rows: 6, columns: RealColumns.xczu7ev,
      memoryColumns: RealColumns.memory(5))
  }

  static func xcau15p() throws -> Part {
    try Part(
      name: "xcau15p", device: DeviceID(rawValue: 0x04AC_2093), rows: 3, columns: RealColumns.xcau15p,
      memoryColumns: RealColumns.memory(4))
  }

  /// The frames of slot 0 of the ten: a row's end, and two memory columns.
  func slot0() -> [Range<Int>] {
    [frames(die: 0, blockType: 0, row: 5, columns: 162...217), frames(die: 0, blockType: 1, row: 5, columns: 3...4)]
      .compactMap { $0 }
  }

  /// The frames of slot 9 of the ten, which begins at row 4, or of the same shape at another row.
  func slot9(row: Int = 4) -> [Range<Int>] {
    [0, 1].flatMap { type in
      [row, row + 1].compactMap { frames(die: 0, blockType: type, row: $0, columns: type == 0 ? 0...36 : 0...0) }
    }
  }
}
