import Bitstream
import Foundation
import Testing

@Suite struct PartTests {
  @Test func `an address splits into the fields of the manual`() throws {
    let address = FrameAddress(rawValue: 0x0114_0300)
    #expect((address.block, address.row, address.column, address.minor) == (1, 5, 3, 0))
    #expect(FrameAddress(block: 0, row: 5, column: 162, minor: 0)?.rawValue == 0x0014_A200)
    #expect(FrameAddress.park == FrameAddress(block: 7, row: 63, column: 0, minor: 0))
    #expect(FrameAddress(block: 8, row: 0, column: 0, minor: 0) == nil)
    #expect(FrameAddress(block: 0, row: 64, column: 0, minor: 0) == nil)
    #expect(FrameAddress(block: 0, row: 0, column: 1024, minor: 0) == nil)
    #expect(FrameAddress(block: 0, row: 0, column: 0, minor: -1) == nil)
  }

  @Test func `ordinals and addresses are the same order, one to one`() throws {
    for part in [try tinyPart(), try largePart()] {
      let addresses = (0..<part.frameCount).compactMap { part.address(ofFrame: $0) }
      #expect(addresses.count == part.frameCount)
      #expect(zip(addresses, addresses.dropFirst()).allSatisfy { $0 < $1 })
      #expect(addresses.enumerated().allSatisfy { part.frame(at: $1) == $0 })
    }
  }

  @Test func `a row of the large part has 2812 frames`() throws {
    let part = try largePart()
    #expect(part.framesPerRow == 2812)
    #expect(part.frames(inRow: 3) == 8436..<11248)
    #expect(part.frames(inRow: 8) == nil)
    #expect(part.frames(inRow: -1) == nil)
  }

  @Test func `an address without a frame has no ordinal`() throws {
    let part = try tinyPart()
    #expect(part.frame(at: .park) == nil)
    #expect(part.frame(at: FrameAddress(rawValue: 0x0000_0003)) == nil)
    #expect(part.frame(at: FrameAddress(rawValue: 0x0100_0000)) == nil)
    #expect(part.frame(at: FrameAddress(rawValue: 0x0800_0000)) == nil)
    #expect(part.frame(at: FrameAddress(rawValue: 0x0010_0000)) == nil)
    #expect(part.address(ofFrame: 40) == nil)
    #expect(part.address(ofFrame: -1) == nil)
  }

  @Test func `memory contents are numbered after logic, and each die after the one before it`() throws {
    let part = try stackedPart()
    #expect(part.frameCount == 40 + 28 + 12)
    let numbers = try (0..<part.frameCount).map { ordinal in
      let die = try #require(part.die(ofFrame: ordinal))
      return part.frame(at: try #require(part.address(ofFrame: ordinal)), die: die)
    }
    #expect(numbers == Array(0..<part.frameCount))
    #expect(part.frame(at: FrameAddress(rawValue: 0x0104_0101)) == 40 + 7 + 4 + 1)
    #expect(part.frame(at: FrameAddress(rawValue: 0x0004_0002), die: 1) == 68 + 4 + 2)
    #expect(part.frame(at: FrameAddress(rawValue: 0x0100_0000), die: 1) == nil)
    #expect(part.frame(at: FrameAddress(rawValue: 0), die: 2) == nil)
    #expect(part.die(ofFrame: 80) == nil)
  }

  @Test func `a row ends by die and block type`() throws {
    let part = try stackedPart()
    #expect(part.row(ofFrame: 39) == 30..<40)
    #expect(part.row(ofFrame: 40) == 40..<47)
    #expect(part.row(ofFrame: 67) == 61..<68)
    #expect(part.row(ofFrame: 68) == 68..<72)
    #expect(part.row(ofFrame: 80) == nil)
  }

  @Test func `columns of a row are a run of frames`() throws {
    let part = try stackedPart()
    #expect(part.frames(die: 0, blockType: 0, row: 1, columns: 1...2) == 13..<18)
    #expect(part.frames(die: 0, blockType: 1, row: 3, columns: 1...1) == 65..<68)
    #expect(part.frames(die: 1, blockType: 0, row: 2, columns: 0...0) == 76..<80)
    for (die, type, row, columns) in [(0, 0, 4, 0...0), (0, 0, 0, 3...4), (0, 0, 0, -1...0), (1, 1, 0, 0...0)] {
      #expect(part.frames(die: die, blockType: type, row: row, columns: columns) == nil)
    }
  }

  @Test func `a part of several dies survives its JSON`() throws {
    let part = try stackedPart()
    #expect(try JSONDecoder().decode(Part.self, from: JSONEncoder().encode(part)) == part)
  }

  @Test func `a part reads and writes its JSON`() throws {
    let text = #"{"columns":[3,1,4,2],"device":"0x05F5A0FF","name":"softfpga-tiny","rows":4}"#
    let part = try JSONDecoder().decode(Part.self, from: Data(text.utf8))
    #expect(part == (try tinyPart()))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(part), as: UTF8.self) == text)
  }

  @Test(arguments: [
    #"{"columns":[],"device":"0x05F5A0FF","name":"p","rows":4}"#,
    #"{"columns":[257],"device":"0x05F5A0FF","name":"p","rows":4}"#,
    #"{"columns":[0],"device":"0x05F5A0FF","name":"p","rows":4}"#,
    #"{"columns":[3],"device":"0x05F5A0FF","name":"p","rows":65}"#,
    #"{"columns":[3],"device":"0x05F5A0FF","name":"p","rows":0}"#,
    #"{"columns":[3],"device":"0x05F5A0FF","name":"","rows":1}"#,
    #"{"columns":[3],"device":"0x05F5A0FF","name":"two words","rows":1}"#,
    #"{"columns":[3],"device":"0x5F5A0FF","name":"p","rows":1}"#,
    #"{"columns":[3],"device":"0x+5F5A0FF","name":"p","rows":1}"#,
  ])
  func `a part beyond the limits is refused`(text: String) {
    #expect(throws: (any Error).self) { try JSONDecoder().decode(Part.self, from: Data(text.utf8)) }
  }

  @Test func `a part may not have more frames than the limit`() {
    #expect {
      try Part(
        name: "p", device: DeviceID(rawValue: 1), rows: 64, columns: Array(repeating: 256, count: 65))
    } throws: {
      ($0 as? BitstreamError)?.code == "bitstream.invalidPart"
    }
  }

  @Test func `a device matches another of its revisions only`() {
    let device = DeviceID(rawValue: 0x05F5_A0FF)
    #expect(device.matches(DeviceID(rawValue: 0x15F5_A0FF)))
    #expect(!device.matches(DeviceID(rawValue: 0x05F5_A0FE)))
    #expect(device.description == "0x05F5A0FF")
  }

  @Test func `a device is read from 0x and eight digits alone`() {
    #expect(DeviceID(hexadecimal: "0x05f5A0FF") == DeviceID(rawValue: 0x05F5_A0FF))
    for text in [
      "", "0x", "05F5A0FF", "0x5F5A0FF", "0x005F5A0FF", "0x+5F5A0FF", "0x-0000000", "0X05F5A0FF", "0x05F5A0F\u{FF26}",
    ] {
      #expect(DeviceID(hexadecimal: text) == nil, "\(text)")
    }
  }
}
