extension HostileTenant {
  /// What a tenant tries: first images, then launches and what it does with memory.
  package enum Kind: String, Sendable, CaseIterable {
    case addressElsewhere, addressCountsOn, repeatedElsewhere, nestedStream, secondStream, registerOrCommand
    case streamsOutOfOrder, openRepetition, otherDevice, changedWord, changedWordWithoutCRC, brokenOff
    case wildAddress, foreignAddress, staleAddress, freedBuffer, wildCount, foreignBuffer, staleArguments, wildRegister
    case readFreed, reusedMemory

    /// Whether it is an image that does it.
    package var isImage: Bool {
      switch self {
      case .addressElsewhere, .addressCountsOn, .repeatedElsewhere, .nestedStream, .secondStream, .registerOrCommand,
        .streamsOutOfOrder, .openRepetition, .otherDevice, .changedWord, .changedWordWithoutCRC, .brokenOff:
        true
      case .wildAddress, .foreignAddress, .staleAddress, .freedBuffer, .wildCount, .foreignBuffer, .staleArguments,
        .wildRegister, .readFreed, .reusedMemory:
        false
      }
    }

    /// What it is, for a table.
    package var sentence: String {
      switch self {
      case .addressElsewhere: "image: frame address elsewhere"
      case .addressCountsOn: "image: frames that run on past a block's end"
      case .repeatedElsewhere: "image: MFWR at other addresses"
      case .nestedStream: "image: a nested stream"
      case .secondStream: "image: a second stream"
      case .registerOrCommand: "image: any register or command"
      case .streamsOutOfOrder: "image: commands in another order"
      case .openRepetition: "image: MFW left open before other addresses"
      case .otherDevice: "image: another IDCODE"
      case .changedWord: "image: any changed bit, CRC corrected"
      case .changedWordWithoutCRC: "image: any changed bit"
      case .brokenOff: "image: broken off"
      case .wildAddress: "launch: any address"
      case .foreignAddress: "launch: the neighbour's address"
      case .staleAddress: "launch: an address the neighbour gave back"
      case .freedBuffer: "launch: a buffer that was freed"
      case .wildCount: "launch: any count"
      case .foreignBuffer: "launch: the neighbour's buffer beside an own one"
      case .staleArguments: "launch: without arguments that the launch before had"
      case .wildRegister: "launch: arguments at any register"
      case .readFreed: "memory: read of a freed buffer"
      case .reusedMemory: "memory: what the neighbour left in reused memory"
      }
    }
  }
}
