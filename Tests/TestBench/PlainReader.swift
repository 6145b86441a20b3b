/// The frames of a .bit file, read by a program that shares nothing with the product: written from the description of the
/// format alone, word by word, with the CRC by the byte.
package struct PlainReader {
  /// Where a frame lies: the die, counted by nesting, and the address as a number.
  package struct Place: Hashable, Comparable {
    package var die: Int
    package var address: UInt32

    package init(die: Int, address: UInt32) { (self.die, self.address) = (die, address) }

    package static func < (a: Self, b: Self) -> Bool { (a.die, a.address) < (b.die, b.address) }
  }

  package struct Failure: Error, CustomStringConvertible { package let description: String }

  /// What each frame holds at the end.
  package private(set) var frames: [Place: [UInt32]] = [:]
  /// Writes that are neither frames nor addresses nor what goes with them, as (register, value), dies one after the other.
  package private(set) var otherWrites: [[UInt32]] = []
  package private(set) var crcCount = 0
  /// How often a frame was written.
  package private(set) var writeCount = 0
  package private(set) var header: ArraySlice<UInt8> = []

  /// The frames of the columns of a row, by die, then by block type.
  private let columns: [[[Int]]]
  private var words: [UInt32] = []

  /// Reads a file for a part with so many frames in each column of a row: of each die those of block type 0, then those
  /// of type 1.
  ///
  /// - Throws: ``Failure``.
  package init(_ bytes: [UInt8], columns: [[[Int]]]) throws {
    self.columns = columns
    var offset = 13
    for _ in 0..<4 { offset += 3 + Int(bytes[offset + 1]) << 8 + Int(bytes[offset + 2]) }
    header = bytes[..<offset]
    offset += 5
    words.reserveCapacity(bytes.count / 4)
    while offset < bytes.count {
      let high = UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16
      words.append(high | UInt32(bytes[offset + 2]) << 8 | UInt32(bytes[offset + 3]))
      offset += 4
    }
    try read(0..<words.count, die: 0)
  }

  private mutating func read(_ range: Range<Int>, die: Int) throws {
    var crc: UInt32 = 0
    var isSynchronized = false
    var address: UInt32?
    var buffer: [UInt32]?
    var isPadUnchecked = false
    var position = range.lowerBound
    while position < range.upperBound {
      let word = words[position]
      position += 1
      guard isSynchronized else {
        isSynchronized = word == 0xAA99_5566
        continue
      }
      if word == 0x2000_0000 { continue }
      guard word >> 27 == 0b00110 else { throw Failure(description: "\(word) at \(position - 1) is no write") }
      let register = word >> 13 & 31
      var count = Int(word & 0x7FF)
      if count == 0 {
        guard words[position] >> 27 == 0b01010 else { throw Failure(description: "no long count at \(position)") }
        count = Int(words[position] & 0x7FF_FFFF)
        position += 1
      }
      let payload = Array(words[position..<position + count])
      position += count
      if register == 30 {
        try read(position - count..<position, die: die + 1)
        continue
      }
      if register == 0 {
        guard payload == [crc] else { throw Failure(description: "CRC at \(position - 1)") }
        crcCount += 1
        crc = 0
        continue
      }
      crc = Self.crc(crc, payload, register)
      switch (register, payload[0]) {
      case (1, let value): address = value
      case (2, _):
        guard let first = address, count % 93 == 0 else { throw Failure(description: "FDRI at \(position)") }
        let all = stride(from: 0, to: count, by: 93).map { Array(payload[$0..<$0 + 93]) }
        var places = rest(ofRowFrom: first, die: die)
        if places.count < all.count - 1 {
          guard places.count == all.count - 2, all[all.count - 2].allSatisfy({ $0 == 0 }) else {
            throw Failure(description: "\(all.count) frames at \(first)")
          }
        }
        places = Array(places.prefix(all.count - 1))
        for (place, frame) in zip(places, all) {
          frames[Place(die: die, address: place)] = frame
          writeCount += 1
        }
        buffer = all[all.count - 1]
        isPadUnchecked = true
        address = nil
      case (10, _):
        guard let place = address, let frame = buffer, count == 14 else { throw Failure(description: "MFWR") }
        frames[Place(die: die, address: place)] = frame
        writeCount += 1
        address = nil
      case (4, 2): isPadUnchecked = false
      case (4, 1), (4, 0): break
      case (4, 13):
        isSynchronized = false
        otherWrites.append([4, 13])
      default:
        otherWrites.append([register] + payload)
        if register == 4, payload[0] == 7 { crc = 0 }
      }
      if register != 2, isPadUnchecked {
        // The last frame of a block that is not to be repeated.
        guard buffer?.allSatisfy({ $0 == 0 }) == true else { throw Failure(description: "pad before \(position)") }
        isPadUnchecked = false
      }
    }
  }

  /// The addresses from one on to the end of its row.
  private func rest(ofRowFrom address: UInt32, die: Int) -> [UInt32] {
    let type = Int(address >> 24 & 7)
    guard type < 2, die < columns.count else { return [] }
    let columns = columns[die]
    let row = address & 0xFFFC_0000
    let (column, minor) = (Int(address >> 8 & 0x3FF), Int(address & 0xFF))
    var addresses: [UInt32] = []
    for index in column..<max(column, columns[type].count) {
      let first = index == column ? minor : 0
      for minor in first..<max(first, columns[type][index]) {
        addresses.append(row | UInt32(index) << 8 | UInt32(minor))
      }
    }
    return addresses
  }

  /// 37 bits for each word, lowest first: the word, then the register's address.
  private static func crc(_ start: UInt32, _ words: [UInt32], _ register: UInt32) -> UInt32 {
    let (bytes, addresses) = (byteTable, addressTable)
    var state = start
    for word in words {
      state ^= word
      state = state >> 8 ^ bytes[Int(state & 0xFF)]
      state = state >> 8 ^ bytes[Int(state & 0xFF)]
      state = state >> 8 ^ bytes[Int(state & 0xFF)]
      state = state >> 8 ^ bytes[Int(state & 0xFF)]
      state = state >> 5 ^ addresses[Int((state ^ register) & 31)]
    }
    return state
  }

  private static let byteTable = table(bits: 8)
  private static let addressTable = table(bits: 5)

  private static func table(bits: Int) -> [UInt32] {
    (0..<1 << UInt32(bits)).map { value in
      (0..<bits).reduce(value) { state, _ in state & 1 == 0 ? state >> 1 : state >> 1 ^ 0x82F6_3B78 }
    }
  }
}
