public import Bitstream

/// Why a board refused or failed.
public enum BoardError: TesseraError, Hashable, Codable {
  case aborted(SlotID)
  case unknownSlot(SlotID, slotCount: Int)
  /// A launch into a slot that is decoupled, or was never configured.
  case slotDecoupled(SlotID)
  case slotBusy(SlotID)
  /// The port takes one image at a time, and is writing another slot's.
  case portBusy(SlotID, writing: SlotID)
  /// The partial does not write exactly the slot's frames.
  case partialDoesNotFit(SlotID, expected: [Range<Int>], found: [Range<Int>])
  /// The partial could not be moved to the slot from the one that it was built for; the port was not reached.
  case relocationFailed(SlotID, from: SlotID, BitstreamError)
  /// The port refused the image for another reason than the following; the slot stays decoupled.
  case portFault(SlotID, BitstreamError)
  /// The device found a wrong CRC in the words that reached it; the slot stays decoupled.
  case crcError(SlotID, ConfigurationStatus)
  /// The device found another device's IDCODE in the words that reached it; the slot stays decoupled.
  case idError(SlotID, ConfigurationStatus)
  /// The port did not take the image in the time that the board allows; the slot stays decoupled.
  case portTimedOut(SlotID, after: Duration, ConfigurationStatus)
  /// The image was written, and the slot could not be coupled again.
  case recoupleFault(SlotID, ConfigurationStatus)
  /// The image was written, and the device does not operate any more, whichever slots it has; the slot stays decoupled.
  case deviceStopped(SlotID, ConfigurationStatus)
  /// What is free is the largest piece, which is what counts for one buffer.
  case outOfMemory(requestedByteCount: Int, freeByteCount: Int)
  case unknownBuffer(BufferID)
  case bufferTooSmall(BufferID, byteCount: Int, neededByteCount: Int)
  /// The first frame of the slot names nothing that this board can compute.
  case unknownKernel(SlotID, String)
  /// The kernel found its input or its registers wrong.
  case kernelFault(SlotID, String)

  /// Whether the image is at fault, and not the slot: it would be refused again, and another image may do.
  public var isImagesOwn: Bool {
    switch self {
    case .partialDoesNotFit, .relocationFailed: true
    default: false
    }
  }

  public var code: String {
    switch self {
    case .aborted: "board.aborted"
    case .unknownSlot: "board.unknownSlot"
    case .slotDecoupled: "board.slotDecoupled"
    case .slotBusy: "board.slotBusy"
    case .portBusy: "board.portBusy"
    case .partialDoesNotFit: "board.partialDoesNotFit"
    case .relocationFailed: "board.relocationFailed"
    case .portFault: "board.portFault"
    case .crcError: "board.crcError"
    case .idError: "board.idError"
    case .portTimedOut: "board.portTimedOut"
    case .recoupleFault: "board.recoupleFault"
    case .deviceStopped: "board.deviceStopped"
    case .outOfMemory: "board.outOfMemory"
    case .unknownBuffer: "board.unknownBuffer"
    case .bufferTooSmall: "board.bufferTooSmall"
    case .unknownKernel: "board.unknownKernel"
    case .kernelFault: "board.kernelFault"
    }
  }

  public var message: String {
    switch self {
    case .aborted(let slot): "the launch in slot \(slot) was aborted"
    case .unknownSlot(let slot, let count): "there is no slot \(slot) on a board with \(count) slots"
    case .slotDecoupled(let slot): "slot \(slot) is decoupled, so nothing can be launched in it"
    case .slotBusy(let slot): "slot \(slot) is busy"
    case .portBusy(let slot, let writing):
      "slot \(slot) cannot be configured while the port writes the image of slot \(writing)"
    case .partialDoesNotFit(let slot, let expected, let found):
      "the partial writes the frames \(found), but slot \(slot) has the frames \(expected)"
    case .relocationFailed(let slot, let origin, let error):
      "the image for slot \(slot) could not be moved there from slot \(origin): \(error.message)"
    case .portFault(let slot, let error): "the configuration port refused the image for slot \(slot): \(error.message)"
    case .crcError(let slot, let status):
      "the device found a wrong CRC in the image for slot \(slot); its status register is \(status)"
    case .idError(let slot, let status):
      "the device found another device's IDCODE in the image for slot \(slot); its status register is \(status)"
    case .portTimedOut(let slot, let time, let status):
      "the port did not take the image for slot \(slot) within \(time); the status register is \(status)"
    case .recoupleFault(let slot, let status):
      "slot \(slot) was written and could not be coupled again; the status register is \(status)"
    case .deviceStopped(let slot, let status):
      "the image for slot \(slot) was written and left the device stopped; its status register is \(status), that of a "
        + "device at work \(ConfigurationStatus.operating)"
    case .outOfMemory(let requested, let free):
      "\(requested) bytes of board memory were asked for, \(free) are free in one piece"
    case .unknownBuffer(let buffer): "there is no buffer \(buffer.rawValue)"
    case .bufferTooSmall(let buffer, let count, let needed):
      "buffer \(buffer.rawValue) has \(count) bytes, \(needed) are needed"
    case .unknownKernel(let slot, let reason): "slot \(slot) holds no kernel that this board computes: \(reason)"
    case .kernelFault(let slot, let reason): "the kernel in slot \(slot) stopped: \(reason)"
    }
  }

  public var hint: String {
    switch self {
    case .aborted: "the job was stopped or moved; nothing is wrong"
    case .unknownSlot: "see 'tessera board list' for the board's slots"
    case .slotDecoupled, .slotBusy, .portBusy: "this is a defect of the agent; please report it with its log"
    case .partialDoesNotFit: "the image was built for another slot or shell; build it again"
    case .relocationFailed: "build the image for each slot, or for a shell whose slots are of equal geometry"
    case .portFault(_, let error): error.hint
    case .crcError, .idError, .portTimedOut:
      "the image was right when it was verified: if this happens again, check the board's link and power"
    case .recoupleFault, .deviceStopped: "reset the slot; if this happens again, load the board's shell anew"
    case .outOfMemory: "wait for other jobs to end, or make the batch or the edges' buffers smaller"
    case .unknownBuffer, .bufferTooSmall: "this is a defect of the agent; please report it with its log"
    case .unknownKernel: "build the image again, or load it on a board that has the kernel"
    case .kernelFault: "check the job's input files against what the application expects"
    }
  }
}
