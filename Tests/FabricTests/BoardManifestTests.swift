import Bitstream
import Digests
import Fabric
import Testing

@Suite struct BoardManifestTests {
  @Test func `a manifest with every key decodes`() throws {
    let bytes = Good.board.bytes
    let board = try BoardDescriptor(manifest: bytes)
    #expect(board.manifest == bytes)
    #expect(board.model == "softfpga-tiny")
    #expect(board.part.device == DeviceID(rawValue: 0x05F5_B0FF))
    #expect(board.part.frameCount == 24)
    #expect(board.layout == .bigLittle)
    #expect(board.slots.map(\.slot.rawValue) == [0, 1, 2])
    #expect(board.slots.map(\.kind) == [.little, .big, .big])
    #expect(board.slots.map(\.frames) == [[4..<8], [8..<16], [0..<4, 20..<24]])
    #expect(board.memoryByteCount == 4096)
    #expect(board.portBytesPerSecond == 400)
    #expect(board.storageBytesPerSecond == 117)
    #expect(board[SlotID(rawValue: 2)] == board.slots[2])
    #expect(board[SlotID(rawValue: 3)] == nil)
  }

  @Test func `a shell's id is the digest of its description`() throws {
    let text = """
      tessera-shell-1
      part softfpga-tiny 0x05F5B0FF
      shell mixed bigLittle
      slot little 1
      slot big 2 3
      slot big 0 5

      """
    #expect(try BoardDescriptor(manifest: Good.board.bytes).shell.rawValue == Digest(of: Array(text.utf8)))
  }

  @Test func `a slot may state the size of its partials instead of its rows`() throws {
    var stated = Good.board
    stated["shell.slots[0]"] = ["kind": "little", "partialByteCount": 1234]
    let board = try BoardDescriptor(manifest: stated.bytes)
    #expect(board.slots[0].frames.isEmpty)
    #expect(board.slots.map(\.partialByteCount) == [1234, 8 * 93 * 4, 8 * 93 * 4])
    let text = """
      tessera-shell-1
      part softfpga-tiny 0x05F5B0FF
      shell mixed bigLittle
      slot little bytes 1234
      slot big 2 3
      slot big 0 5

      """
    #expect(board.shell.rawValue == Digest(of: Array(text.utf8)))
  }

  @Test func `a slot may be columns of rows, with their memory contents`() throws {
    var other = Good.board
    other["part.memoryColumns"] = [5, 6]
    other["part.furtherDies"] = [["device": "0x05F5D0FF", "rows": 2, "columns": [3]]]
    other["shell.slots[0]"] = [
      "kind": "little", "partialByteCount": 1234,
      "area": ["rows": [1], "columns": [1, 1], "memoryColumns": [0, 1]],
    ]
    let board = try BoardDescriptor(manifest: other.bytes)
    #expect(board.part.frameCount == 24 + 6 * 11 + 6)
    let first = try #require(board.part.frames(die: 0, blockType: 0, row: 1, columns: 1...1))
    #expect(board.slots[0].frames == [first, 24 + 11..<24 + 22])
    #expect(board.slots[0].partialByteCount == 1234)
    let stated = other
    other["shell.slots[0].area.columns"] = [0, 1]
    #expect(try BoardDescriptor(manifest: other.bytes).shell != BoardDescriptor(manifest: stated.bytes).shell)
    other["shell.slots[0].area"] = ["die": 1, "rows": [0, 1], "columns": [0, 0]]
    #expect(try BoardDescriptor(manifest: other.bytes).slots[0].frames == [90..<96])
  }

  @Test func `a shell may allow more than the partials of tools use`() throws {
    var other = Good.board
    #expect(try BoardDescriptor(manifest: other.bytes).policy == .slot)
    other["shell.allows"] = [
      "registers": ["TIMER"], "commands": ["SWITCH"],
      "settings": [["register": "CTL0", "mask": "0x00000101", "value": "0x00000101"]],
    ]
    let board = try BoardDescriptor(manifest: other.bytes)
    #expect(
      board.policy
        == .slot.allowing(
          registers: [.timer], commands: [.switch], settings: [.init(.ctl0, mask: 0x101, value: 0x101)]))
    #expect(try board.shell == BoardDescriptor(manifest: Good.board.bytes).shell)
  }

  @Test func `no image can be verified for a slot without frames`() throws {
    let part = try BoardDescriptor(manifest: Good.board.bytes).part
    #expect(throws: BitstreamError.self) { try PartialWriter(part: part, region: []) }
    let image = try PartialWriter(part: part, region: [0..<4]).partial(design: "x") { _ in
      [UInt32](repeating: 0, count: Part.wordsPerFrame)
    }
    #expect(throws: BitstreamError.self) {
      try PartialVerifier(part: part, region: []).verify(image, digest: Digest(of: image))
    }
  }

  @Test func `relocatable is a property of the shell, and false if it is left out`() throws {
    var other = Good.board
    let plain = try BoardDescriptor(manifest: other.bytes)
    other["shell.relocatable"] = false
    #expect(try BoardDescriptor(manifest: other.bytes).shell == plain.shell)
    other["shell.relocatable"] = true
    let relocatable = try BoardDescriptor(manifest: other.bytes)
    #expect(relocatable.isRelocatable && !plain.isRelocatable)
    let text = """
      tessera-shell-1
      part softfpga-tiny 0x05F5B0FF
      shell mixed bigLittle
      relocatable
      slot little 1
      slot big 2 3
      slot big 0 5

      """
    #expect(relocatable.shell.rawValue == Digest(of: Array(text.utf8)))
  }

  @Test func `rates and memory do not change a shell's id`() throws {
    var other = Good.board
    other["memoryByteCount"] = 8192
    other["storage.bytesPerSecond"] = 1
    other["description"] = nil
    let shells = try [Good.board, other].map { try BoardDescriptor(manifest: $0.bytes).shell }
    #expect(shells[0] == shells[1])
  }

  @Test(arguments: [
    "part.name", "part.device", "shell.name", "shell.slots[0].rows", "shell.slots",
  ])
  func `whatever images depend on changes a shell's id`(_ place: String) throws {
    let others: [String: JSON] = [
      "part.name": "other", "part.device": "0x05F5C0FF", "shell.name": "other", "shell.slots[0].rows": [4],
      "shell.slots": [["kind": "big", "rows": [2, 3]], ["kind": "little", "rows": [1]]],
    ]
    var other = Good.board
    other[place] = others[place]
    #expect(try BoardDescriptor(manifest: other.bytes).shell != BoardDescriptor(manifest: Good.board.bytes).shell)
  }

  @Test(arguments: [
    Edit("another schema", .unsupportedSchema, at: "schema") { $0["schema"] = 2 },
    Edit("no part", .missingKey, at: "part") { $0["part"] = nil },
    Edit("an unknown key in the part", .unknownKey, at: "part.frames") { $0["part.frames"] = 24 },
    Edit("a device without 0x", .outOfRange, at: "part.device") { $0["part.device"] = "05F5B0FFFF" },
    Edit("a device with a sign", .outOfRange, at: "part.device") { $0["part.device"] = "0x+5F5B0FF" },
    Edit("a part's name with a space", .outOfRange, at: "part") { $0["part.name"] = "soft fpga" },
    Edit("more rows than addresses have", .outOfRange, at: "part") { $0["part.rows"] = 65 },
    Edit("a column without frames", .outOfRange, at: "part.columns[1]") { $0["part.columns[1]"] = 0 },
    Edit("a column with too many frames", .outOfRange, at: "part") { $0["part.columns[1]"] = 257 },
    Edit("an unknown layout", .outOfRange, at: "shell.layout") { $0["shell.layout"] = "onlyBig" },
    Edit("Big slots in an Only-Little layout", .badShape, at: "shell.layout") { $0["shell.layout"] = "onlyLittle" },
    Edit("a Big-Little layout without Big slots", .badShape, at: "shell.layout") {
      $0["shell.slots"] = [["kind": "little", "rows": [1]]]
    },
    Edit("no slots", .outOfRange, at: "shell.slots") { $0["shell.slots"] = [] },
    Edit("too many slots", .outOfRange, at: "shell.slots") {
      $0["shell.slots"] = .list(Array(repeating: ["kind": "little", "rows": [1]], count: Limits.slotsPerBoard + 1))
    },
    Edit("a Little slot of two rows", .outOfRange, at: "shell.slots[0].rows") { $0["shell.slots[0].rows[1]"] = 4 },
    Edit("a Big slot of one row", .outOfRange, at: "shell.slots[1].rows") { $0["shell.slots[1].rows[1]"] = nil },
    Edit("a row that the part lacks", .outOfRange, at: "shell.slots[2].rows[1]") { $0["shell.slots[2].rows[1]"] = 6 },
    Edit("a row below 0", .outOfRange, at: "shell.slots[0].rows[0]") { $0["shell.slots[0].rows[0]"] = -1 },
    Edit("a row in two slots", .duplicateName, at: "shell.slots[2].rows[0]") { $0["shell.slots[2].rows[0]"] = 2 },
    Edit("a row twice in a slot", .duplicateName, at: "shell.slots[1].rows[1]") { $0["shell.slots[1].rows[1]"] = 3 },
    Edit("a text among the rows", .wrongType, at: "shell.slots[1].rows[1]") { $0["shell.slots[1].rows[1]"] = "2" },
    Edit("rows and a size", .badShape, at: "shell.slots[0]") { $0["shell.slots[0].partialByteCount"] = 100 },
    Edit("neither rows nor a size", .missingKey, at: "shell.slots[0].rows") { $0["shell.slots[0].rows"] = nil },
    Edit("an area without a size", .badShape, at: "shell.slots[0]") {
      $0["shell.slots[0].rows"] = nil
      $0["shell.slots[0].area"] = ["rows": [1], "columns": [0, 0]]
    },
    Edit("an area that the part lacks", .outOfRange, at: "shell.slots[0].area") {
      $0["shell.slots[0]"] = ["kind": "little", "partialByteCount": 9, "area": ["rows": [6], "columns": [0, 0]]]
    },
    Edit("columns the wrong way round", .badShape, at: "shell.slots[0].area.columns") {
      $0["shell.slots[0]"] = ["kind": "little", "partialByteCount": 9, "area": ["rows": [1], "columns": [1, 0]]]
    },
    Edit("an area in another slot's rows", .duplicateName, at: "shell.slots[1].rows[0]") {
      $0["shell.slots[0]"] = ["kind": "little", "partialByteCount": 9, "area": ["rows": [3], "columns": [0, 0]]]
    },
    Edit("a register without a name", .outOfRange, at: "shell.allows.registers[0]") {
      $0["shell.allows"] = ["registers": ["TIME"]]
    },
    Edit("a control register with any value", .outOfRange, at: "shell.allows") {
      $0["shell.allows"] = ["registers": ["TIMER", "CTL0"]]
    },
    Edit("a setting of another register", .outOfRange, at: "shell.allows.settings[0]") {
      $0["shell.allows"] = ["settings": [["register": "FAR", "mask": "0x00000001", "value": "0x00000001"]]]
    },
    Edit("a die with more rows than addresses have", .outOfRange, at: "part") {
      $0["part.furtherDies"] = [["device": "0x05F5D0FF", "rows": 65, "columns": [3]]]
    },
    Edit("a partial without bytes", .outOfRange, at: "shell.slots[0].partialByteCount") {
      $0["shell.slots[0]"] = ["kind": "little", "partialByteCount": 0]
    },
    Edit("a relocatable that is no truth value", .wrongType, at: "shell.relocatable") { $0["shell.relocatable"] = 1 },
    Edit("relocatable slots of two sizes", .badShape, at: "shell.slots[2]") {
      $0["shell.relocatable"] = .truth(true)
      $0["shell.slots[2]"] = ["kind": "big", "partialByteCount": 100]
    },
    Edit("no memory", .outOfRange, at: "memoryByteCount") { $0["memoryByteCount"] = 0 },
    Edit("a port that takes nothing", .outOfRange, at: "configurationPort.bytesPerSecond") {
      $0["configurationPort.bytesPerSecond"] = 0
    },
    Edit("storage without a rate", .missingKey, at: "storage.bytesPerSecond") { $0["storage.bytesPerSecond"] = nil },
  ])
  func `each fault is found at its place`(_ edit: Edit) {
    edit.expectFault(in: Good.board, as: BoardDescriptor.self)
  }
}
