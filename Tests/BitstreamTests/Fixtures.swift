import Bitstream
import TestBench

/// A part of 4 rows of 10 frames, whose columns differ in size.
func tinyPart() throws -> Part {
  try Part(name: "softfpga-tiny", device: DeviceID(rawValue: 0x05F5_A0FF), rows: 4, columns: [3, 1, 4, 2])
}

/// The tiny part with memory contents, 7 frames a row, and a second die of 3 rows of 4 frames.
func stackedPart() throws -> Part {
  try Part(
    name: "softfpga-stacked",
    dies: [
      Die(device: DeviceID(rawValue: 0x05F5_A0FF), rows: 4, columns: [3, 1, 4, 2], memoryColumns: [4, 3]),
      Die(device: DeviceID(rawValue: 0x05F5_C0FF), rows: 3, columns: [4]),
    ])
}

/// A part with rows as large as those of the emulated board's.
func largePart() throws -> Part {
  try Part(
    name: "softfpga-1", device: DeviceID(rawValue: 0x05F5_A0FF), rows: 8, columns: Array(repeating: 76, count: 37))
}

/// As many frames of random words as asked for, one after the other.
func randomFrames(_ count: Int, seed: UInt64) -> [UInt32] {
  var random = SeededRandom(seed: seed)
  return (0..<count * Part.wordsPerFrame).map { _ in UInt32(truncatingIfNeeded: random.next()) }
}

extension BitFile {
  /// The same file with other configuration words.
  func replacing(words: [UInt32]) throws -> BitFile {
    try BitFile(design: design, part: part, date: date, time: time, payload: WordOrder.bigEndian.bytes(of: words))
  }
}

/// A configuration stream put together by hand, to break one rule at a time.
struct StreamBuilder {
  private(set) var words: [UInt32] = []
  private var crc = ConfigurationCRC()

  /// Begins with a sync word, RCRC and, if given, an IDCODE.
  init(device: DeviceID? = DeviceID(rawValue: 0x05F5_A0FF)) {
    words = [0xFFFF_FFFF, 0xAA99_5566]
    command(.rcrc)
    crc.reset()
    if let device { write(device.rawValue, to: .idcode) }
  }

  /// Begins as tools do, fill words and all.
  init(canonical device: DeviceID, runAfterSync: Int = 1) {
    words = Array(repeating: 0xFFFF_FFFF, count: 16) + [0xBB, 0x1122_0044, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xAA99_5566]
    noOperations(runAfterSync)
    command(.rcrc)
    crc.reset()
    noOperations(2)
    write(device.rawValue, to: .idcode)
  }

  mutating func noOperations(_ count: Int) { words += Array(repeating: 0x2000_0000, count: count) }

  /// Frames as tools write them, for one block.
  mutating func canonicalFrames(at address: FrameAddress, _ data: [UInt32], padFrames: Int = 1) {
    write(address.rawValue, to: .far)
    command(.wcfg)
    noOperations(1)
    frameData(data + Array(repeating: 0, count: padFrames * Part.wordsPerFrame))
  }

  /// Frames of one content, as tools compress them.
  mutating func repeated(_ frame: [UInt32], at addresses: [FrameAddress]) {
    canonicalFrames(at: addresses[0], frame, padFrames: 0)
    command(.mfw)
    noOperations(62)
    for (position, address) in addresses.enumerated() {
      write(address.rawValue, to: .far)
      noOperations(position == 0 ? 12 : 1)
      words.append(0x3001_400E)
      for _ in 0..<14 {
        words.append(0)
        crc.update(word: 0, register: .mfwr)
      }
      noOperations(address.block == 0 ? 2 : 12)
    }
    command(.null)
    noOperations(1)
  }

  /// Start-up, CRC and DESYNC as tools write them.
  mutating func endCanonically() {
    command(.grestore)
    noOperations(1)
    command(.lfrm)
    noOperations(20)
    command(.start)
    noOperations(1)
    write(FrameAddress.park.rawValue, to: .far)
    end()
    noOperations(16)
  }

  mutating func write(_ word: UInt32, to register: ConfigurationRegister) {
    words += [0x3000_0001 | UInt32(register.rawValue) << 13, word]
    crc.update(word: word, register: register)
  }

  mutating func command(_ command: ConfigurationCommand) { write(command.rawValue, to: .cmd) }

  mutating func frames(at address: FrameAddress, _ data: [UInt32], padFrames: Int = 1) {
    write(address.rawValue, to: .far)
    command(.wcfg)
    frameData(data + Array(repeating: 0, count: padFrames * Part.wordsPerFrame))
  }

  mutating func frameData(_ data: [UInt32]) {
    words += [0x3000_4000, 0x5000_0000 | UInt32(data.count)] + data
    crc.update(words: data, register: .fdri)
  }

  /// A packet of several words with a short header.
  mutating func write(_ data: [UInt32], to register: ConfigurationRegister) {
    words += [0x3000_0000 | UInt32(register.rawValue) << 13 | UInt32(data.count)] + data
    crc.update(words: data, register: register)
  }

  mutating func raw(_ words: [UInt32]) { self.words += words }

  mutating func storeCRC() {
    words += [0x3000_0001, crc.value]
    crc.reset()
  }

  /// Ends with a CRC and DESYNC.
  mutating func end() {
    storeCRC()
    command(.desync)
  }
}

/// Keeps the frames that a stream writes.
struct FrameStore: FrameDestination, Equatable {
  var frames: [Int: [UInt32]] = [:]

  mutating func willWrite(_ frames: Range<Int>) throws(BitstreamError) {}

  mutating func write(_ words: Span<UInt32>, toFrame ordinal: Int) {
    frames[ordinal] = words.indices.map { words[$0] }
  }
}

/// What a stream writes into a part, all of whose frames are allowed unless told otherwise.
func place(
  _ words: [UInt32], in part: Part, allowing region: [Range<Int>]? = nil, unfinished: Bool = false
) throws -> FrameStore {
  var decoder = PacketDecoder()
  var writer = FrameWriter(part: part, allowedFrames: region ?? [0..<part.frameCount], destination: FrameStore())
  try decoder.decode(words, into: &writer)
  if !unfinished { try decoder.finish() }
  return writer.destination
}

/// The code of the error that a body throws, or nil.
func errorCode(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return (error as? BitstreamError)?.code ?? "\(error)"
  }
}

/// What a stream does, read from its words alone.
func inspect(_ words: [UInt32]) -> BitstreamInspection {
  BitstreamInspection(of: WordOrder.bigEndian.bytes(of: words))
}
