import Bitstream

extension Part {
  /// The device of a compressed file, from the tables of bitfiltrator (MIT), which agree with the file.
  static func xcau15p() throws -> Part {
    try Part(
      name: "xcau15p", device: DeviceID(rawValue: 0x04AC_2093), rows: 3, columns: xcau15pColumns,
      memoryColumns: Array(repeating: 256, count: 4))
  }

  private static let xcau15pColumns: [Int] = [
    8, 4, 12, 4, 76, 16, 16, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 16, 76, 16, 16, 76,
    16, 16, 76, 16, 16, 76, 4, 10, 4, 76, 16, 16, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8,
    16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76,
    4, 10, 4, 76, 16, 16, 76, 16, 6, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 8, 16, 76, 16, 16, 76, 4, 8,
  ]

  /// The same columns of other rows: what a region of two rows becomes when it moves down.
  func region(_ region: [Range<Int>], movedDownByRows count: Int) -> [Range<Int>] {
    region.map { run in
      let rowLength = row(ofFrame: run.lowerBound)?.count ?? 0
      return run.lowerBound - count * rowLength..<run.upperBound - count * rowLength
    }
  }
}
