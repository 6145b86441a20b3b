import Foundation
import TestBench
import Testing

/// `tessera image inspect`, on the files that fuzzing begins with.
@Suite struct InspectCommandTests {
  private func inspect(_ path: String, _ options: String...) async throws -> BuiltProduct.Run {
    try await BuiltProduct(named: "tessera").run(
      ["image", "inspect", path] + options, folder: Repository.root, scratch: FileManager.default.temporaryDirectory)
  }

  @Test func `a table shows what an xclbin holds and what its bitstream does`() async throws {
    let run = try await inspect("Fuzzing/Corpus/xclbin/partial.xclbin")
    #expect(run.status == 0)
    let table = """
      FILE             Fuzzing/Corpus/xclbin/partial.xclbin
      format           xclbin
      bytes            5971
      words            highest byte first
      design           d;PARTIAL=TRUE
      part             softfpga-tiny
      built            1980/01/01 00:00:00
      xclbin           version 2.13.466, platform vendor_board_1, uuid 000102030405060708090a0b0c0d0e0f
      device           0x05F5A0FF softfpga, UltraScale+
      partial          yes
      encrypted        no
      CRC words        1, all right
      repeated frames  0 (MFWR)

      SECTION              NAME  OFFSET  BYTES
      EMBEDDED_METADATA    -     696     54
      MEM_TOPOLOGY         -     752     88
      IP_LAYOUT            -     840     88
      CONNECTIVITY         -     928     16
      CLOCK_FREQ_TOPOLOGY  -     944     138
      BITSTREAM            -     1088    4883

      STREAM  DIE  DEVICE               OFFSET  END
      0       0    0x05F5A0FF softfpga  1247    DESYNC

      REGISTER  WRITES  WORDS  READS
      CRC       1       1      0
      FAR       2       2      0
      FDRI      1       1116   0
      CMD       6       6      0
      IDCODE    1       1      0

      COMMAND      COUNT
      WCFG         1
      DGHIGH/LFRM  1
      START        1
      RCRC         1
      GRESTORE     1
      DESYNC       1

      FRAMES  STREAM  ADDRESS     BLOCK  ROW  COLUMN  MINOR  WORDS  OFFSET
      12      0       0x00040000  0      1    0       0      1116   1303

      CRC    STREAM  OFFSET  STORED      COMPUTED
      right  0       5895    0x84F63E6F  0x84F63E6F

      """
    #expect(String(decoding: run.output, as: UTF8.self) == table)
  }

  @Test func `JSON has every key, in one line`() async throws {
    let run = try await inspect("Fuzzing/Corpus/inspection/ultrascale.bin", "--output", "json")
    #expect(run.status == 0)
    let json = #"""
      {"byteCount":612,"commands":[{"command":"WCFG","count":1},{"command":"MFW","count":1},\#
      {"command":"START","count":1},{"command":"RCRC","count":1},{"command":"DESYNC","count":1}],\#
      "crcMismatches":0,"crcWords":[{"computed":"0x1C9D2604","offset":600,"stored":"0x1C9D2604",\#
      "stream":0,"verified":true,"wordOffset":150}],"crcWordsOmitted":0,"date":null,"design":null,\#
      "device":"0x03822093","deviceNames":["xcku040"],"encrypted":false,"family":"UltraScale",\#
      "fault":null,"file":"Fuzzing/Corpus/inspection/ultrascale.bin","format":"bin",\#
      "frames":[{"address":"0x00860286","blockType":1,"column":5,"frameCount":1,"minor":6,"offset":52,\#
      "row":3,"stream":0,"wordCount":123,"wordOffset":13}],"framesOmitted":0,"multipleFrameWrites":1,\#
      "part":null,"partial":false,"registers":[{"address":0,"reads":0,"register":"CRC","words":1,\#
      "writes":1},{"address":1,"reads":0,"register":"FAR","words":1,"writes":1},{"address":2,"reads":0,\#
      "register":"FDRI","words":123,"writes":1},{"address":4,"reads":0,"register":"CMD","words":5,\#
      "writes":5},{"address":9,"reads":0,"register":"COR0","words":1,"writes":1},{"address":10,"reads":0,\#
      "register":"MFWR","words":7,"writes":1},{"address":12,"reads":0,"register":"IDCODE","words":1,\#
      "writes":1}],"sections":[],"strayWords":[],"strayWordsOmitted":0,"streams":[{"device":"0x03822093",\#
      "deviceNames":["xcku040"],"die":0,"ended":true,"offset":4,"section":null,"wordOffset":1}],\#
      "streamsOmitted":0,"time":null,"trailingByteCount":0,"wordOrder":"bigEndian","xclbin":null}

      """#
    #expect(String(decoding: run.output, as: UTF8.self) == json)
  }

  @Test func `a damaged file is shown, and ends with its error and exit code 65`() async throws {
    let damaged = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).bit")
    defer { try? FileManager.default.removeItem(at: damaged) }
    var bytes = try Repository.bytes("Fuzzing/Corpus/bit/partial.bit")
    bytes[1000] ^= 1
    try Data(bytes).write(to: damaged)
    let flipped = try await inspect(damaged.path, "--output", "json")
    #expect(flipped.status == 65)
    #expect(flipped.errors.hasPrefix("tessera: bitstream.crcMismatch: "))
    #expect(String(decoding: flipped.output, as: UTF8.self).contains(#""verified":false"#))

    try Data(bytes.prefix(2000)).write(to: damaged)
    let cut = try await inspect(damaged.path, "--output", "json")
    #expect(cut.status == 65)
    #expect(cut.errors.hasPrefix("tessera: bitstream.malformed: "))
    let report = String(decoding: cut.output, as: UTF8.self)
    #expect(report.contains(#""fault":{"code":"bitstream.malformed""#))
    #expect(report.contains(#""part":"softfpga-tiny""#))
    #expect(report.contains(#""frameCount":12"#))
  }

  @Test func `a file that is no bitstream is refused by name`() async throws {
    let source = try await inspect("Fuzzing/Entry/entry.c")
    #expect(source.status == 65)
    #expect(source.errors.hasPrefix("tessera: bitstream."))
    let absent = try await inspect("absent.bit")
    #expect(absent.status == 66)
    #expect(absent.errors.hasPrefix("tessera: cli.missingFile: "))
    #expect(absent.output.isEmpty)
  }
}
