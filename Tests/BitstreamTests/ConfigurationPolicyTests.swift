import Bitstream
import Testing

/// What partials may use of a device.
@Suite struct ConfigurationPolicyTests {
  private func refusal(
    policy: ConfigurationPolicy = .slot, _ change: (inout StreamBuilder) -> Void
  ) throws -> String? {
    let part = try tinyPart()
    var stream = StreamBuilder()
    change(&stream)
    stream.end()
    return errorCode {
      var decoder = PacketDecoder()
      var writer = FrameWriter(part: part, allowedFrames: [0..<2], policy: policy, destination: FrameStore())
      try decoder.decode(stream.words, into: &writer)
    }
  }

  @Test(arguments: 0..<32 as Range<UInt8>)
  func `a register that no partial needs is refused unless the shell names it`(number: UInt8) throws {
    let register = ConfigurationRegister(rawValue: number)
    let needed: [ConfigurationRegister] = [
      .crc, .far, .fdri, .cmd, .ctl0, .mask, .cor0, .mfwr, .idcode, .ctl1, .nextDie,
    ]
    guard !needed.contains(register) else { return }
    #expect(
      try refusal { $0.write(0, to: register) } == (register == .cbc ? "bitstream.encrypted" : "bitstream.forbidden"))
    let policy = ConfigurationPolicy.slot.allowing(registers: [register])
    #expect(
      try refusal(policy: policy) { $0.write(0, to: register) } == (register == .cbc ? "bitstream.encrypted" : nil))
  }

  @Test func `no list of registers lets a control register take any value`() throws {
    let policy = ConfigurationPolicy.slot.allowing(registers: [.ctl0, .ctl1, .cor0])
    for (register, value, code) in [
      (.ctl0, 0x40, "encrypted"), (.ctl0, 1 << 31, "encrypted"), (.ctl0, 1, "forbidden"), (.ctl1, 1, "forbidden"),
      (.cor0, 0, "forbidden"),
    ] as [(ConfigurationRegister, UInt32, String)] {
      #expect(try refusal(policy: policy) { $0.write(value, to: register) } == "bitstream.\(code)")
    }
  }

  @Test(arguments: 0..<40 as Range<UInt32>)
  func `a command that no partial needs is refused unless the shell names it`(number: UInt32) throws {
    let needed: [UInt32] = [0, 1, 2, 3, 5, 7, 8, 10, 11, 13]
    guard !needed.contains(number) else { return }
    let command = ConfigurationCommand(rawValue: number)
    #expect(try refusal { $0.command(command) } == "bitstream.forbidden")
    let policy = ConfigurationPolicy.slot.allowing(commands: [command])
    #expect(try refusal(policy: policy) { $0.command(command) } == (number < 32 ? nil : "bitstream.forbidden"))
  }

  @Test func `control registers take the values of real partials alone`() throws {
    func write(_ register: ConfigurationRegister, _ mask: UInt32, _ value: UInt32) -> (inout StreamBuilder) -> Void {
      {
        $0.write(mask, to: .mask)
        $0.write(value, to: register)
      }
    }
    #expect(try refusal(write(.ctl0, 0x500, 0x400)) == nil)
    #expect(try refusal(write(.ctl0, 0x500, 0x402)) == "bitstream.forbidden")
    #expect(try refusal(write(.ctl0, 0x501, 0x401)) == "bitstream.forbidden")
    #expect(try refusal(write(.ctl1, 0x500, 0x400)) == "bitstream.forbidden")
    #expect(try refusal { $0.write(0x3800_3FE4, to: .cor0) } == "bitstream.forbidden")
    #expect(try refusal { $0.write(0x400, to: .ctl0) } == "bitstream.forbidden")
    #expect(try refusal { $0.write(0x500, to: .mask) } == "bitstream.forbidden")
    let policy = ConfigurationPolicy.slot.allowing(settings: [.init(.ctl0, mask: 0x101, value: 0x101)])
    #expect(try refusal(policy: policy, write(.ctl0, 0x101, 0x101)) == nil)
    #expect(try refusal(write(.ctl0, 0x101, 0x101)) == "bitstream.forbidden")
  }

  @Test(arguments: [1 << 6, 1 << 31] as [UInt32])
  func `decryption is refused whatever the shell names`(bit: UInt32) throws {
    let policy = ConfigurationPolicy.slot.allowing(settings: [.init(.ctl0, mask: bit, value: bit)])
    let code = try refusal(policy: policy) {
      $0.write(bit, to: .mask)
      $0.write(bit, to: .ctl0)
    }
    #expect(code == "bitstream.encrypted")
  }

  @Test func `registers and commands have the manual's names`() {
    let unnamedRegisters: Set<UInt8> = [15, 18, 19, 20, 21, 23, 25, 26, 27, 28, 29, 30]
    for number in 0..<32 as Range<UInt8> {
      let register = ConfigurationRegister(rawValue: number)
      #expect(
        ConfigurationRegister(name: register.description) == (unnamedRegisters.contains(number) ? nil : register))
    }
    let unnamedCommands: Set<UInt32> = [12, 14]
    for number in 0..<32 as Range<UInt32> {
      let command = ConfigurationCommand(rawValue: number)
      let isUnnamed = number >= 20 || unnamedCommands.contains(number)
      #expect(ConfigurationCommand(name: command.description) == (isUnnamed ? nil : command))
    }
    #expect(ConfigurationRegister(name: "BSPI") == .bspi && ConfigurationRegister(name: "bspi") == nil)
    #expect(ConfigurationCommand(name: "BSPI_READ") == .bspiRead)
  }
}
