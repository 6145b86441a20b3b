public import Fabric

/// Where a function with one input and one output finds its arguments, as byte offsets into the slot's register file.
///
/// HLS-style (AMD UG1399, "S_AXILITE Control Register Map"): an address takes two registers, the low half first.
public struct KernelRegisters: Sendable, Hashable {
  public let inputAddress: Int
  public let inputByteCount: Int
  public let outputAddress: Int
  /// Where the kernel reads the output's capacity, and leaves what it wrote.
  public let outputByteCount: Int

  /// Takes the offsets from an image's arguments.
  ///
  /// - Throws: ``SoftFPGAError/unfitImage(_:)`` unless there are one input and one output, and each has registers of
  ///   its own, which are whole registers behind the control registers.
  public init(_ arguments: [ArgumentRegisters]) throws(SoftFPGAError) {
    let inputs = arguments.filter { $0.direction == .input }
    let outputs = arguments.filter { $0.direction == .output }
    guard inputs.count == 1, outputs.count == 1 else {
      throw .unfitImage(
        "it has \(inputs.count) inputs and \(outputs.count) outputs; this board's kernels have one of each")
    }
    self.init(
      inputAddress: inputs[0].addressOffset, inputByteCount: inputs[0].byteCountOffset,
      outputAddress: outputs[0].addressOffset, outputByteCount: outputs[0].byteCountOffset)
    if let reason = Self.conflict(in: [self]) { throw .unfitImage(reason) }
  }

  /// Takes the offsets of a parallel bundle, in the order of its stages.
  ///
  /// The name of an argument says whose it is: `1.input` is the `input` of stage 1.
  ///
  /// - Throws: ``SoftFPGAError/unfitImage(_:)`` where a name begins with no stage, or the arguments of a stage are no
  ///   good, as above; whether stages share registers is not looked at.
  static func ofStages(
    _ stageCount: Int, in arguments: [ArgumentRegisters]
  ) throws(SoftFPGAError) -> [KernelRegisters] {
    var rest = arguments
    var stages: [KernelRegisters] = []
    for stage in 0..<stageCount {
      let prefix = "\(stage)."
      let own = rest.filter { $0.name.text.hasPrefix(prefix) }
      rest.removeAll { $0.name.text.hasPrefix(prefix) }
      do throws(SoftFPGAError) {
        stages.append(try KernelRegisters(own))
      } catch .unfitImage(let reason) { throw .unfitImage("stage \(stage): \(reason)") }
    }
    if let stray = rest.first {
      throw .unfitImage(
        "the argument '\(stray.name)' of a parallel bundle begins with no stage; "
          + "'0.' to '\(stageCount - 1).' are possible")
    }
    return stages
  }

  init(inputAddress: Int, inputByteCount: Int, outputAddress: Int, outputByteCount: Int) {
    self.inputAddress = inputAddress
    self.inputByteCount = inputByteCount
    self.outputAddress = outputAddress
    self.outputByteCount = outputByteCount
  }

  /// What is wrong with the offsets of one slot, if anything is.
  static func conflict(in stages: [KernelRegisters]) -> String? {
    let spans = stages.flatMap {
      [($0.inputAddress, 8), ($0.inputByteCount, 4), ($0.outputAddress, 8), ($0.outputByteCount, 4)]
    }
    var free = RegisterFile.firstArgumentOffset
    for (offset, byteCount) in spans.sorted(by: { $0.0 < $1.0 }) {
      guard offset % 4 == 0, offset >= free, offset <= RegisterFile.byteCount - byteCount else {
        return "the registers at \(hexadecimal(offset)) overlap others, or do not lie at whole registers from "
          + "\(hexadecimal(RegisterFile.firstArgumentOffset)) to \(hexadecimal(RegisterFile.byteCount))"
      }
      free = offset + byteCount
    }
    return nil
  }
}
