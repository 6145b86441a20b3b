public import Bitstream
public import Fabric

/// Why an image for the emulated board could not be built, or a frame names nothing that it could compute.
public enum SoftFPGAError: TesseraError, Hashable, Codable {
  /// The first frame holds something else, such as the frame of a real image or nothing.
  case notAKernelFrame(firstWord: UInt32)
  case unsupportedFrameVersion(found: UInt32, supported: UInt32)
  case frameChecksumMismatch(stored: UInt32, computed: UInt32)
  /// The checksum is right, but what it covers makes no sense.
  case malformedFrame(String)
  /// The image asks for something that a kernel frame cannot say.
  case unfitImage(String)
  case unknownSlot(SlotID, slotCount: Int)
  /// The partial could not be written.
  case unwritablePartial(BitstreamError)
  /// A text describes no fault to inject.
  case badFault(String, String)
  /// A plan of faults breaks a limit.
  case badFaultPlan(String)

  public var code: String {
    switch self {
    case .notAKernelFrame: "softfpga.notAKernelFrame"
    case .unsupportedFrameVersion: "softfpga.unsupportedFrameVersion"
    case .frameChecksumMismatch: "softfpga.frameChecksumMismatch"
    case .malformedFrame: "softfpga.malformedFrame"
    case .unfitImage: "softfpga.unfitImage"
    case .unknownSlot: "softfpga.unknownSlot"
    case .unwritablePartial: "softfpga.unwritablePartial"
    case .badFault: "softfpga.badFault"
    case .badFaultPlan: "softfpga.badFaultPlan"
    }
  }

  public var message: String {
    switch self {
    case .notAKernelFrame(let word):
      "the first frame begins with the word \(hexadecimal(word)), "
        + "a kernel's begins with \(hexadecimal(KernelFrame.magic))"
    case .unsupportedFrameVersion(let found, let supported):
      "the first frame has format \(found), this board reads format \(supported)"
    case .frameChecksumMismatch(let stored, let computed):
      "the first frame's checksum is \(hexadecimal(stored)), that of its words is \(hexadecimal(computed))"
    case .malformedFrame(let reason): "the first frame is wrong: \(reason)"
    case .unfitImage(let reason): "the image does not fit a kernel frame: \(reason)"
    case .unknownSlot(let slot, let count): "there is no slot \(slot) on a board with \(count) slots"
    case .unwritablePartial(let error): error.message
    case .badFault(let text, let reason): "'\(text.prefix(80))' is no fault: \(reason)"
    case .badFaultPlan(let reason): "the plan of faults is wrong: \(reason)"
    }
  }

  public var hint: String {
    switch self {
    case .notAKernelFrame, .unsupportedFrameVersion, .frameChecksumMismatch, .malformedFrame:
      "build the image for the emulated board with this version of 'tessera image build'"
    case .unfitImage: "correct the image's manifest"
    case .unknownSlot: "see the board's description for its slots"
    case .unwritablePartial(let error): error.hint
    case .badFault: "write KIND:slot=N[:from=N][:times=N], such as crc:slot=2:times=3"
    case .badFaultPlan: "give fewer faults, and a rate from 0 to 1"
    }
  }
}

/// A number as messages show addresses and words.
func hexadecimal(_ number: some BinaryInteger) -> String { "0x" + String(number, radix: 16, uppercase: true) }
