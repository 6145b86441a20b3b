internal import ArgumentParser
internal import Bitstream
internal import Fabric

/// `tessera image inspect`.
struct ImageInspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a .bit, .bin or xclbin file holds and what its bitstream does.",
    discussion: """
      No board is needed. A file that is damaged is shown as far as it can be read; then, and where a CRC differs, the \
      exit code is 65. For example:

        tessera image inspect slot0.bit
        tessera image inspect kernels.xclbin --output json
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file"))
  var path: String

  @OptionGroup var output: OutputOption

  func run() async throws {
    let bytes = try InputFile(path, limit: BitstreamFile.maximumByteCount).read()
    let inspection = BitstreamInspection(of: bytes)
    try InspectionReport(inspection, file: path, byteCount: bytes.count).print(as: output.format)
    if let refusal = inspection.refusal { throw refusal.inFile(path) }
  }
}
