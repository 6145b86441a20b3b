public import Fabric

extension FaultPlan.Fault {
  /// Reads a fault such as `crc:slot=2`, `timeout:slot=0:from=3` or `id:slot=1:from=2:times=5`.
  ///
  /// - Throws: ``SoftFPGAError/badFault(_:_:)``.
  public init(parsing text: String) throws(SoftFPGAError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let name = parts.first, let kind = FaultPlan.Kind(rawValue: String(name)) else {
      let known = FaultPlan.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw .badFault(text, "it begins with none of \(known)")
    }
    var numbers: [Substring: Int] = [:]
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, let least = Self.leastNumbers[pair[0]] else {
        throw .badFault(text, "'\(part)' is none of slot=N, from=N and times=N")
      }
      guard numbers[pair[0]] == nil else { throw .badFault(text, "\(pair[0]) is given twice") }
      guard 1...6 ~= pair[1].utf8.count, pair[1].utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
        let number = Int(pair[1]), number >= least
      else { throw .badFault(text, "\(pair[0]) is no number from \(least) to 999999") }
      numbers[pair[0]] = number
    }
    guard let slot = numbers["slot"] else { throw .badFault(text, "it names no slot") }
    self.init(kind, slot: SlotID(rawValue: slot), first: numbers["from"] ?? 1, times: numbers["times"])
  }

  private static let leastNumbers: [Substring: Int] = ["slot": 0, "from": 1, "times": 1]
}

extension FaultPlan {
  /// Checks that the board has the slots that the plan names, and the limits.
  ///
  /// - Throws: ``SoftFPGAError/unknownSlot(_:slotCount:)``, ``SoftFPGAError/badFaultPlan(_:)``.
  public func check(against descriptor: BoardDescriptor) throws(SoftFPGAError) {
    guard faults.count <= Self.maximumFaultCount else {
      throw .badFaultPlan("it lists \(faults.count) faults; at most \(Self.maximumFaultCount) are possible")
    }
    guard 0...1 ~= probability else { throw .badFaultPlan("a probability is a number from 0 to 1, not \(probability)") }
    for fault in faults where descriptor[fault.slot] == nil {
      throw .unknownSlot(fault.slot, slotCount: descriptor.slots.count)
    }
  }
}
