import Bitstream
import Digests
import Foundation
import Testing

@Suite struct BitstreamErrorTests {
  private static let errors: [BitstreamError] = [
    .tooLarge(byteCount: 9, limit: 8), .digestMismatch(expected: Digest(of: [1]), actual: Digest(of: [2])),
    .malformedContainer("field a is missing", byteOffset: 13),
    .malformedXclbin(.signed, "it is signed", byteOffset: 8), .malformedXclbin(.tooShort, "1 byte", byteOffset: 0),
    .noSyncWord(searchedWordCount: 9), .ambiguousWordOrder(bigEndianWordOffset: 1, littleEndianWordOffset: 2),
    .malformedPacket("0x00000000 is no header", wordOffset: 3),
    .unfinished("no sync word was found", wordCount: 4), .notPartial(design: "top"),
    .wrongPart(expected: "softfpga-1", actual: "xczu7ev"),
    .wrongDevice(expected: DeviceID(rawValue: 0x05F5_A0FF), actual: DeviceID(rawValue: 0x04A5_A093)),
    .deviceNotNamed(wordOffset: 1), .writeNotEnabled(wordOffset: 2), .frameAddressUnknown(.park, wordOffset: 5),
    .frameAddressUnknown(nil, wordOffset: 5), .frameOutsideRegion(frames: 0..<1, region: [1..<2, 4..<9]),
    .regionNotCovered(missing: [3..<5]), .padNotZero(word: 1, wordOffset: 6),
    .crcMismatch(CRCCheck(wordOffset: 8, stored: 1, computed: 2)), .crcMissing(wordOffset: 9),
    .forbidden("the command IPROG", wordOffset: 10), .encrypted("the register CBC", wordOffset: 11),
    .notCanonical("3 NOOPs", wordOffset: 12), .notCanonical("'x' is no date", wordOffset: nil),
    .invalidPart("it has 0 rows"), .invalidContent("it is empty"),
  ]

  @Test(arguments: errors) func `an error says what, with both sides, and what to do`(error: BitstreamError) {
    #expect(error.code.hasPrefix("bitstream."))
    #expect(error.message.hasSuffix("."))
    #expect(error.hint.hasSuffix("."))
    #expect(error.description == "\(error.code): \(error.message) \(error.hint)")
  }

  @Test(arguments: errors) func `an error survives being stored`(error: BitstreamError) throws {
    let stored = try JSONEncoder().encode(error)
    #expect(try JSONDecoder().decode(BitstreamError.self, from: stored) == error)
  }

  @Test func `frames are shown as runs`() {
    let error = BitstreamError.frameOutsideRegion(frames: 0..<1, region: [1..<3, 4..<5, 6..<9, 10..<12, 20..<30])
    #expect(error.message == "Frames 0 are written; the slot has frames 1-2, 4, 6-8, 10-11 and 1 more runs.")
  }

  @Test func `a wrong device is shown beside the right one`() {
    let error = BitstreamError.wrongDevice(
      expected: DeviceID(rawValue: 0x05F5_A0FF), actual: DeviceID(rawValue: 0x04A5_A093))
    #expect(error.message == "The bitstream is for device 0x04A5A093; the board has 0x05F5A0FF.")
  }
}
