internal import ArgumentParser
internal import Fabric

/// `tessera image`.
struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "Make and look at the images that boards are configured with.",
    discussion: """
      For example:

        tessera image build
        tessera image inspect slot0.bit
      """,
    subcommands: [ImageBuildCommand.self, ImageInspectCommand.self])
}

/// `tessera image build`.
struct ImageBuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Build the partials of SoftFPGA's images.",
    discussion: """
      Each partial goes into a file named after its SHA-256, which must be the one that its manifest commits. What is \
      there already is kept. For example:

        tessera image build --to .tessera/images
      """)

  @Option(help: ArgumentHelp("The folder of image manifests.", valueName: "directory"))
  var manifests = Places.imageManifests

  @Option(help: ArgumentHelp("The folder of board descriptors.", valueName: "directory"))
  var boards = Places.boards

  @Option(name: .customLong("to"), help: ArgumentHelp("The folder for the partials.", valueName: "directory"))
  var folder = Places.images

  @Flag(help: "Write what was built into the manifests, instead of comparing it with them.")
  var writeDigests = false

  @OptionGroup var output: OutputOption

  func run() async throws {
    let clock = ContinuousClock()
    let start = clock.now
    let build = try ImageBuild(
      images: ManifestFolder(path: manifests).read(Image.self),
      boards: ManifestFolder(path: boards).read(BoardDescriptor.self).map(\.value), folder: folder)
    let outcome = try await build.run(changingManifests: writeDigests)
    let seconds = (clock.now - start) / .seconds(1)
    try ImageBuildReport(outcome, folder: folder, seconds: seconds).print(as: output.format)
  }
}

/// What `image build` did.
struct ImageBuildReport: Report {
  let images: Int
  /// Partials that were built, and those that were there already.
  let built: Int
  let kept: Int
  /// The bytes of all of them.
  let byteCount: Int
  /// Manifests whose digests were written anew.
  let changedManifests: [String]
  let folder: String
  let seconds: Double

  init(_ outcome: ImageBuild.Outcome, folder: String, seconds: Double) {
    images = outcome.images
    built = outcome.built
    kept = outcome.kept
    byteCount = outcome.byteCount
    changedManifests = outcome.changedManifests
    self.folder = folder
    self.seconds = (seconds * 1_000).rounded() / 1_000
  }

  var table: Table {
    var table = Table("IMAGES", "BUILT", "KEPT", "BYTES", "SECONDS", "FOLDER")
    table.add("\(images)", "\(built)", "\(kept)", "\(byteCount)", Seconds.text(seconds), folder)
    table.notes = changedManifests.map { "digests written: \($0)" }
    return table
  }
}
