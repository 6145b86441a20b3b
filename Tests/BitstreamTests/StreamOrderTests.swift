import Bitstream
import Testing

/// What acts on the whole device has its one place, so that a partial leaves the device as it found it.
@Suite struct StreamOrderTests {
  private let part: Part
  private let whole = FourStreams(frames: randomFrames(2, seed: 51))

  init() throws { part = try tinyPart() }

  /// What refuses streams that write frames 0 and 1, or nil.
  private func refusal(_ partial: FourStreams) -> String? { refusal(partial.words(for: part.device)) }

  private func refusal(_ words: [UInt32]) -> String? {
    errorCode {
      _ = try PartialVerifier(part: part, region: [0..<2]).frames(of: WordOrder.bigEndian.bytes(of: words))
    }
  }

  /// One of our streams with other steps before its end.
  private func refusal(_ change: (inout StreamBuilder) -> Void) -> String? {
    var stream = StreamBuilder(canonical: part.device)
    stream.canonicalFrames(at: FrameAddress(rawValue: 0), randomFrames(2, seed: 52))
    change(&stream)
    stream.endCanonically()
    return refusal(stream.words)
  }

  @Test func `four streams in the vendor's order are a partial`() { #expect(refusal(whole) == nil) }

  @Test(
    arguments: [.shutdown, .aghigh, .grestore, .lfrm, .start, .mfw, .wcfg, .rcrc, .desync] as [ConfigurationCommand])
  func `a command that acts on the device is refused anywhere but in its place`(command: ConfigurationCommand) {
    for (stream, steps) in whole.streams.enumerated() {
      for position in 0...steps.count {
        var changed = whole
        changed.streams[stream].insert(.command(command), at: position)
        #expect(refusal(changed) != nil, "\(command) at step \(position) of stream \(stream)")
      }
    }
  }

  @Test func `no command may be missing`() {
    for (stream, steps) in whole.streams.enumerated() {
      for (position, step) in steps.enumerated() {
        guard let command = step.command, command != .null else { continue }
        var changed = whole
        changed.streams[stream].remove(at: position)
        #expect(refusal(changed) != nil, "\(command) of stream \(stream)")
      }
    }
  }

  @Test func `no two commands may change places`() {
    for (stream, steps) in whole.streams.enumerated() {
      let places = steps.indices.filter { steps[$0].command != nil && steps[$0].command != .null }
      for (first, second) in zip(places, places.dropFirst()) {
        var changed = whole
        changed.streams[stream].swapAt(first, second)
        #expect(refusal(changed) != nil, "steps \(first) and \(second) of stream \(stream)")
      }
    }
  }

  @Test func `frames are written before the restore alone`() {
    for (stream, steps) in whole.streams.enumerated() {
      for position in 0...steps.count where stream == 1 || stream == 2 && position > 10 {
        var changed = whole
        changed.streams[stream].insert(.frames(randomFrames(1, seed: 53)), at: position)
        #expect(refusal(changed) != nil, "at step \(position) of stream \(stream)")
      }
    }
  }

  @Test(arguments: [[0], [2], [0, 1], [0, 2], [0, 1, 2], [2, 0], [0, 1, 2, 3, 0], [1, 2, 3], [0, 1, 1, 2, 3]])
  func `a part of the streams, or more of them, is no partial`(streams: [Int]) {
    var changed = whole
    changed.streams = streams.map { whole.streams[$0] }
    #expect(refusal(changed) == "bitstream.notCanonical")
  }

  // MARK: Addresses

  @Test func `an address is written to, or it is the park address before the last CRC`() {
    for address in [0, 1, 2, 4999, FrameAddress.park.rawValue] {
      #expect(refusal { $0.write(address, to: .far) } == "bitstream.notCanonical", "\(address)")
      #expect(
        refusal {
          $0.write(address, to: .far)
          $0.storeCRC()
          $0.noOperations(20)
        } == "bitstream.notCanonical", "\(address)")
    }
    #expect(refusal { for address in 0..<5000 as Range<UInt32> { $0.write(address, to: .far) } } != nil)
    var changed = whole
    changed.streams[2].insert(.write(.far, 0), at: 0)
    #expect(refusal(changed) == "bitstream.notCanonical")
  }

  @Test func `WCFG is given for a block of frames alone`() {
    #expect(
      refusal {
        $0.write(0, to: .far)
        $0.command(.wcfg)
        $0.noOperations(1)
      } == "bitstream.notCanonical")
  }

  @Test func `MFW is followed by repetitions, and NULL ends it`() {
    func open(_ run: Int, _ change: (inout StreamBuilder) -> Void) -> String? {
      refusal {
        $0.canonicalFrames(at: FrameAddress(rawValue: 0), randomFrames(1, seed: 54), padFrames: 0)
        $0.command(.mfw)
        $0.noOperations(run)
        change(&$0)
      }
    }
    #expect(open(62) { _ in } == "bitstream.notCanonical")
    #expect(open(62) { $0.write(0, to: .far) } == "bitstream.notCanonical")
    #expect(
      open(62) {
        $0.command(.null)
        $0.noOperations(1)
      } == "bitstream.notCanonical")
    let repetition: [UInt32] = [0x2000_0000] + Array(repeating: 0, count: 14)
    #expect(open(62) { $0.raw(repetition) } != nil)
  }

  // MARK: Control bits

  @Test func `control bits are left as the vendor's partials leave them`() {
    let steps = whole.streams[3]
    for (position, step) in steps.enumerated() {
      guard case .write(.ctl1, 0) = step else { continue }
      var changed = whole
      changed.streams[3].removeSubrange(position - 1...position)
      #expect(refusal(changed) == "bitstream.notCanonical")
    }
    for (position, step) in steps.enumerated() {
      guard case .write(.ctl0, _) = step else { continue }
      var changed = whole
      changed.streams[3][position] = .write(.ctl0, 0x500)
      #expect(refusal(changed) == "bitstream.notCanonical")
    }
    let set: [(ConfigurationRegister, UInt32, UInt32)] = [(.ctl0, 0x500, 0x500), (.ctl1, 0x20000, 0x20000)]
    for (register, mask, value) in set {
      #expect(
        refusal {
          $0.write(mask, to: .mask)
          $0.write(value, to: register)
        } == "bitstream.notCanonical")
    }
  }
}
