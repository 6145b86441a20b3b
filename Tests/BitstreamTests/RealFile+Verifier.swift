import Bitstream
import Foundation
import TestBench

extension RealFile {
  /// The verifier for the slot that a partial is for.
  func verifier() throws -> PartialVerifier { try Self.verifier(slot: self == .slot9 ? 9 : 0) }

  /// The verifier for a slot of the board that the files are for.
  static func verifier(slot: Int) throws -> PartialVerifier {
    let text = try Data(contentsOf: Repository.root.appending(path: "bitstreams/boards/zcu106-10-little.json"))
    let board = try JSONDecoder().decode(Board.self, from: text)
    let area = board.shell.slots[slot].area
    let frames = area.rows.flatMap { row in
      [area.columns, area.memoryColumns].enumerated().compactMap { type, columns in
        board.part.frames(die: 0, blockType: type, row: row, columns: columns[0]...columns[1])
      }
    }
    return PartialVerifier(part: board.part, region: frames)
  }

  private struct Board: Decodable {
    struct Area: Decodable {
      let rows: [Int]
      let columns: [Int]
      let memoryColumns: [Int]
    }
    struct Slot: Decodable { let area: Area }
    struct Shell: Decodable { let slots: [Slot] }
    let part: Part
    let shell: Shell
  }
}
