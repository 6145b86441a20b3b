internal import Bitstream

/// What a shell allows in partials beyond what all shells do.
struct AllowsEntry: ManifestObject {
  enum Key: String, ManifestKey { case registers, commands, settings, provenance }

  /// The policy of a shell with this entry.
  let policy: ConfigurationPolicy

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    try fields.checkNotes(.provenance)
    let registers: [ConfigurationRegister] = try fields.optionalList(.registers, count: 0...32)
    guard Set(registers).isDisjoint(with: SettingEntry.registers) else {
      throw fields.fault(.outOfRange, "CTL0, CTL1 and COR0 take single values, by settings")
    }
    let commands: [ConfigurationCommand] = try fields.optionalList(.commands, count: 0...32)
    let settings: [SettingEntry] = try fields.optionalList(.settings, count: 0...256)
    policy = .slot.allowing(registers: registers, commands: commands, settings: settings.map(\.setting))
  }
}

private struct SettingEntry: ManifestObject {
  enum Key: String, ManifestKey { case register, mask, value }
  let setting: ConfigurationPolicy.Setting
  /// The registers whose values are named one by one.
  static let registers: [ConfigurationRegister] = [.ctl0, .ctl1, .cor0]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    let register: ConfigurationRegister = try fields.value(.register)
    guard Self.registers.contains(register) else {
      throw fields.fault(.outOfRange, "the register is none of: CTL0, CTL1, COR0")
    }
    let mask = register == .cor0 ? UInt32.max : try Self.word(fields.item(.mask))
    setting = ConfigurationPolicy.Setting(register, mask: mask, value: try Self.word(fields.item(.value)))
  }

  private static func word(_ item: ManifestItem) throws(ManifestError) -> UInt32 {
    // The same form as an IDCODE's.
    try item.parsed("a word: 0x and 8 hexadecimal digits") { DeviceID(hexadecimal: $0)?.rawValue }
  }
}

extension ConfigurationRegister: ManifestReadable {
  package init(_ item: ManifestItem) throws(ManifestError) {
    self = try item.parsed("a register's name, such as TIMER") { ConfigurationRegister(name: $0) }
  }
}

extension ConfigurationCommand: ManifestReadable {
  package init(_ item: ManifestItem) throws(ManifestError) {
    self = try item.parsed("a command's name, such as SWITCH") { ConfigurationCommand(name: $0) }
  }
}
