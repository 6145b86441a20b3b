public import Fabric

/// Where a kernel with one input and one output finds its arguments, as byte offsets into the slot's register file.
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
    if let reason = conflict { throw .unfitImage(reason) }
  }

  init(inputAddress: Int, inputByteCount: Int, outputAddress: Int, outputByteCount: Int) {
    self.inputAddress = inputAddress
    self.inputByteCount = inputByteCount
    self.outputAddress = outputAddress
    self.outputByteCount = outputByteCount
  }

  /// What is wrong with the offsets, if anything is.
  var conflict: String? {
    let spans = [(inputAddress, 8), (inputByteCount, 4), (outputAddress, 8), (outputByteCount, 4)].sorted {
      $0.0 < $1.0
    }
    var free = RegisterFile.firstArgumentOffset
    for (offset, byteCount) in spans {
      guard offset % 4 == 0, offset >= free, offset <= RegisterFile.byteCount - byteCount else {
        return "the registers at \(hexadecimal(offset)) overlap others, or do not lie at whole registers from "
          + "\(hexadecimal(RegisterFile.firstArgumentOffset)) to \(hexadecimal(RegisterFile.byteCount))"
      }
      free = offset + byteCount
    }
    return nil
  }
}
