internal import ArgumentParser
internal import Bitstream
internal import Fabric

/// `tessera image compress`.
struct ImageCompressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress",
    abstract: "Write a .bit or .bin file again in fewer words, so that it loads faster.",
    discussion: """
      Equal frames are stored once and repeated (MFWR); the device ends up the same. With a board's descriptor its part \
      is known, and any file for it is compressed; without, only a file that repeats frames already. No file grows. For \
      example:

        tessera image compress slot0.bit --to small.bit --board bitstreams/boards/zcu106-10-little.json
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file"))
  var path: String

  @Option(name: .customLong("to"), help: ArgumentHelp("Where the compressed file goes.", valueName: "file"))
  var destination: String

  @Option(help: ArgumentHelp("The descriptor of a board with the part that the file is for.", valueName: "file"))
  var board: String?

  @OptionGroup var output: OutputOption

  func run() async throws {
    let part = try board.map { try BoardDescriptor(file: $0).part }
    let bytes = try InputFile(path, limit: BitstreamFile.maximumByteCount).read()
    let compressed: [UInt8]
    do throws(BitstreamError) {
      compressed = try BitstreamCompressor(part: part).compress(bytes)
    } catch { throw error.inFile(path) }
    try OutputFile.write(compressed, to: destination)
    try CompressReport(file: destination, byteCount: compressed.count, originalByteCount: bytes.count)
      .print(as: output.format)
  }
}

/// What `image compress` wrote.
struct CompressReport: Report {
  let file: String
  let byteCount: Int
  let originalByteCount: Int

  var table: Table { Table(line: "\(file): \(byteCount) bytes instead of \(originalByteCount)") }
}
