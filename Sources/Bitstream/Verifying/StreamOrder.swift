/// The order of the streams of a die, and in each of the commands that act on more than frames.
///
/// Such a command reaches the whole device: a shutdown that no start follows stops the neighbours too. So each has its one
/// place, that of the tools: a stream alone as `PartialWriter` has it, or four as in all 330 partials of Vivado 2019.1.
struct StreamOrder: Sendable {
  private enum Stream: Sendable {
    /// Frames and start-up without a shutdown, as `PartialWriter` writes them.
    case alone
    /// The vendor's four: some frames, with CTL1 bit 17 set; the shutdown; all frames and start-up; the first frames again.
    case before, shutdown, frames, after
  }

  /// What a stream has done so far.
  private enum Stage: Sendable {
    case begun, shutDown, held, restored, released, started
    /// The address is the park address: nothing follows but CRC and DESYNC.
    case parked
  }

  private var last: Stream?
  private var current: Stream?
  private var stage = Stage.begun

  /// Whether the streams so far are a whole partial.
  var isComplete: Bool { last == .alone || last == .after }

  /// Whether frames may be written here: never after GRESTORE or START.
  var acceptsFrames: Bool {
    switch (current, stage) {
    case (.alone, .begun), (.before, .begun), (.frames, .shutDown), (.after, .begun): true
    default: false
    }
  }

  /// Whether a register that is none of the frames' may be written here.
  func accepts(_ register: ConfigurationRegister) -> Bool {
    switch stage {
    case .begun: register != .crc
    case .shutDown: true
    case .held: register == .far
    case .restored, .released, .started: [.far, .mask, .ctl0, .ctl1].contains(register)
    case .parked: register == .crc
    }
  }

  /// Begins a stream by RCRC; false if there is no place for it.
  mutating func begin(isVendors: Bool) -> Bool {
    stage = .begun
    switch (last, isVendors) {
    case (nil, false): current = .alone
    case (nil, true): current = .before
    case (.before, true): current = .shutdown
    case (.shutdown, true): current = .frames
    case (.frames, true): current = .after
    default: return false
    }
    return true
  }

  /// Takes a command; false if this is not its place.
  mutating func take(_ command: ConfigurationCommand) -> Bool {
    switch (command, current, stage) {
    case (.shutdown, .shutdown, .begun), (.shutdown, .frames, .begun): stage = .shutDown
    case (.aghigh, .shutdown, .shutDown): stage = .held
    case (.grestore, .alone, .begun), (.grestore, .frames, .shutDown): stage = .restored
    case (.lfrm, _, .restored): stage = .released
    case (.start, _, .released): stage = .started
    case (.shutdown, _, _), (.aghigh, _, _), (.grestore, _, _), (.lfrm, _, _), (.start, _, _): return false
    default: return stage == .begun || stage == .shutDown
    }
    return true
  }

  /// Takes the park address, which comes last; false if the stream has not done all that it must.
  mutating func park() -> Bool {
    switch (current, stage) {
    case (.alone, .started), (.before, .begun), (.shutdown, .held), (.frames, .started), (.after, .begun):
      stage = .parked
      return true
    default: return false
    }
  }

  /// Ends a stream by DESYNC; false if it is not done.
  mutating func end() -> Bool {
    guard stage == .parked, let current else { return false }
    (last, self.current) = (current, nil)
    return true
  }
}

/// What the bits of CTL0 and CTL1 hold that partials change for a while.
struct ControlBits: Sendable {
  private var mask: UInt32 = 0
  private var ctl0: UInt32 = 0
  private var ctl1: UInt32 = 0

  /// Whether CTL0 bit 8 and CTL1 bit 17 are as the vendor's partials leave them: clear.
  var areRestored: Bool { ctl0 & 1 << 8 == 0 && ctl1 & 1 << 17 == 0 }

  /// Takes a write of MASK, CTL0 or CTL1; others change nothing.
  mutating func write(_ value: UInt32, to register: ConfigurationRegister) {
    switch register {
    case .mask: mask = value
    case .ctl0: ctl0 = ctl0 & ~mask | value & mask
    case .ctl1: ctl1 = ctl1 & ~mask | value & mask
    default: break
    }
  }
}
