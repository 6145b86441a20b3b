/// Which registers, commands and settings a partial may use: what real partials use, and what a shell's operator adds.
///
/// It is the board's to say (the key `shell.allows` of its description), never the image's. Encryption is refused
/// whatever a policy says, for what cannot be read cannot be checked.
public struct ConfigurationPolicy: Sendable, Hashable {
  /// A value of a register that changes only the bits under a mask, or all of them.
  public struct Setting: Sendable, Hashable {
    /// CTL0 or CTL1, written under the mask that MASK holds; or COR0.
    public let register: ConfigurationRegister
    /// The bits that change.
    public let mask: UInt32
    /// Their values.
    public let value: UInt32

    /// Names a setting.
    public init(_ register: ConfigurationRegister, mask: UInt32 = .max, value: UInt32) {
      (self.register, self.mask, self.value) = (register, mask, value)
    }
  }

  /// The registers that may be written, with any value; CTL0, CTL1 and COR0 take those of `settings` alone.
  public let registers: Set<ConfigurationRegister>
  /// The commands that may be given.
  public let commands: Set<ConfigurationCommand>
  /// The values that the control and option registers may take.
  public let settings: Set<Setting>

  /// What partials of real tools use and no more: all words of 330 partials of Vivado 2019.1 for an xczu7ev.
  ///
  /// By the names of UG570, CTL0 bits 10 and 8 are CONFIG_FALLBACK and GLUTMASK_B; the bit of CTL1 has none.
  public static let slot = Self(
    registers: [.crc, .far, .fdri, .cmd, .mask, .mfwr, .idcode, .nextDie],
    commands: [.null, .wcfg, .mfw, .lfrm, .start, .rcrc, .aghigh, .grestore, .shutdown, .desync],
    settings: [
      Setting(.cor0, value: 0x3800_3FE5),
      Setting(.ctl0, mask: 0x500, value: 0x400), Setting(.ctl0, mask: 0x500, value: 0x500),
      Setting(.ctl0, mask: 0x100, value: 0),
      Setting(.ctl1, mask: 0x20000, value: 0x20000), Setting(.ctl1, mask: 0x20000, value: 0),
    ])

  private init(
    registers: Set<ConfigurationRegister>, commands: Set<ConfigurationCommand>, settings: Set<Setting>
  ) {
    (self.registers, self.commands, self.settings) = (registers, commands, settings)
  }

  /// The same policy, which allows more.
  public func allowing(
    registers: [ConfigurationRegister] = [], commands: [ConfigurationCommand] = [], settings: [Setting] = []
  ) -> Self {
    Self(
      registers: self.registers.union(registers), commands: self.commands.union(commands),
      settings: self.settings.union(settings))
  }
}

/// Holds the events of a stream against a policy.
struct PolicyCheck: Sendable {
  private let policy: ConfigurationPolicy
  /// The policy's registers and commands below 32, one bit each, since nearly every event asks for one.
  private let registers: UInt32
  private let commands: UInt32
  /// The value of MASK, until the register that it is for is written.
  private var mask: UInt32?

  init(_ policy: ConfigurationPolicy) {
    self.policy = policy
    registers = policy.registers.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
    commands = policy.commands.reduce(0) { $0 | 1 << $1.rawValue }
  }

  /// - Throws: `BitstreamError.forbidden`, `.encrypted`.
  mutating func check(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    if let mask {
      guard case .write(let register, let value) = event, register == .ctl0 || register == .ctl1 else {
        throw .forbidden("a MASK that no CTL0 or CTL1 follows", wordOffset: wordOffset)
      }
      self.mask = nil
      return try check(.init(register, mask: mask, value: value & mask), isExact: value & ~mask == 0, at: wordOffset)
    }
    switch event {
    case .write(.mask, let value): mask = value
    case .write(.cor0, let value): try check(.init(.cor0, value: value), isExact: true, at: wordOffset)
    case .write(.cbc, _): throw .encrypted("the register CBC", wordOffset: wordOffset)
    case .write(.ctl0, let value) where value & Self.cipherBits != 0:
      throw .encrypted("decryption (CTL0)", wordOffset: wordOffset)
    case .write(.ctl0, _), .write(.ctl1, _):
      throw .forbidden("a CTL0 or CTL1 without its MASK", wordOffset: wordOffset)
    case .write(let register, _):
      guard registers >> UInt32(register.rawValue & 31) & 1 == 1 else {
        throw .forbidden("a write of \(register)", wordOffset: wordOffset)
      }
    case .command(let command):
      guard command.rawValue < 32, commands >> command.rawValue & 1 == 1 else {
        throw .forbidden("the command \(command)", wordOffset: wordOffset)
      }
    case .read(let register, _): throw .forbidden("a read of \(register)", wordOffset: wordOffset)
    default: break
    }
  }

  private func check(
    _ setting: ConfigurationPolicy.Setting, isExact: Bool, at wordOffset: Int
  ) throws(BitstreamError) {
    if setting.register == .ctl0, setting.value & Self.cipherBits != 0 {
      throw .encrypted("decryption (CTL0)", wordOffset: wordOffset)
    }
    guard isExact, policy.settings.contains(setting) else {
      throw .forbidden(
        "\(setting.register) = \(setting.value.hexadecimal) under mask \(setting.mask.hexadecimal)",
        wordOffset: wordOffset)
    }
  }

  /// CTL0 bits 6 (DEC: decrypt what follows) and 31 (EFUSE_KEY: with the key in fuses), by UG570, table "Control
  /// Register 0".
  private static let cipherBits: UInt32 = 1 << 31 | 1 << 6
}
