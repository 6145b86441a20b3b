import Bitstream
import Fabric
import SoftFPGA
import Testing

@Suite struct ConfigurationPortTests {
  private let descriptor: BoardDescriptor
  private let port: ConfigurationPort
  private let words: [UInt32]

  init() throws {
    descriptor = try TinyBoard.descriptor()
    port = ConfigurationPort(part: descriptor.part)
    let partial = try verifiedPartial(.kernel(Stage.kernel(1)), for: TinyBoard.big, of: descriptor)
    words = try BitFile(parsing: partial.bytes).words
  }

  private func write(_ words: [UInt32], region: [Range<Int>] = [8..<16]) -> (SlotFrames, BitstreamError?) {
    var frames = SlotFrames(region: region)
    do throws(BitstreamError) {
      try port.write(words, into: &frames)
      return (frames, nil)
    } catch { return (frames, error) }
  }

  @Test func `an image's frames arrive`() throws {
    let (frames, fault) = write(words)
    #expect(fault == nil)
    #expect(try KernelFrame(words: frames.firstFrame).kernels == [Stage.kernel(1)])
  }

  @Test func `slots whose runs touch or come in any order hold the same`() throws {
    let (whole, _) = write(words)
    let (cut, fault) = write(words, region: [12..<16, 8..<10, 10..<12])
    #expect(fault == nil)
    #expect(cut.firstFrame == whole.firstFrame)
  }

  @Test func `any flipped word of frame data is refused by the CRC`() throws {
    let start = try #require(words.firstIndex(of: KernelFrame.magic))
    for offset in stride(from: 0, to: 4 * 93, by: 31) {
      var wrong = words
      wrong[start + offset] ^= 0x0001_0000
      guard case .crcMismatch = write(wrong).1 else {
        Issue.record("word \(offset) was flipped, and the port said \(String(describing: write(wrong).1))")
        continue
      }
    }
  }

  @Test func `an image of another device is refused before anything is written`() throws {
    let other = try TinyBoard.descriptor(device: 0x1472_8093)
    let foreign = try verifiedPartial(.kernel(Stage.kernel(1)), for: TinyBoard.big, of: other)
    let (frames, fault) = write(try BitFile(parsing: foreign.bytes).words)
    #expect(fault == .wrongDevice(expected: descriptor.part.device, actual: other.part.device))
    #expect(frames.firstFrame == Array(repeating: 0, count: 93))
  }

  @Test func `an image that writes outside the slot is refused`() {
    let (frames, fault) = write(words, region: [4..<8])
    #expect(fault == .frameOutsideRegion(frames: 8..<12, region: [4..<8]))
    #expect(frames.firstFrame == Array(repeating: 0, count: 93))
    // The first block lies inside, the second one does not.
    #expect(write(words, region: [8..<12]).1 == .frameOutsideRegion(frames: 12..<16, region: [8..<12]))
  }

  @Test func `a frame address that the part does not have is refused`() throws {
    let header = try #require(words.firstIndex(of: 0x3000_2001))
    var wrong = words
    wrong[header + 1] = 0x0000_0300
    guard case .frameAddressUnknown = write(wrong).1 else {
      Issue.record("the port said \(String(describing: write(wrong).1))")
      return
    }
  }

  @Test func `an image that breaks off is refused at every length`() {
    for count in stride(from: 0, to: words.count - 16, by: 13) {
      #expect(write(Array(words.prefix(count))).1 != nil, "\(count) words")
    }
  }

  @Test func `a slot that was erased holds zeros`() {
    var (frames, _) = write(words)
    frames.erase()
    #expect(frames.firstFrame == Array(repeating: 0, count: 93))
  }
}
