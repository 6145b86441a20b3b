internal import ArgumentParser
internal import Digests
internal import Fabric
internal import Store

/// `tessera image build`.
struct ImageBuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Build SoftFPGA's images, sign them and push them into a store.",
    discussion: """
      Each partial must have the SHA-256 that its manifest commits. What is there already is kept. Images are signed \
      with the store's own key, which is made and trusted when there is none. For example:

        tessera image build --to .tessera/images
      """)

  @Option(help: ArgumentHelp("The folder of image manifests.", valueName: "directory"))
  var manifests = Places.imageManifests

  @Option(help: ArgumentHelp("The folder of board descriptors.", valueName: "directory"))
  var boards = Places.boards

  @Option(name: .customLong("to"), help: ArgumentHelp("The image store.", valueName: "directory"))
  var folder = Places.images

  @Flag(
    help: """
      Write what was built into the manifests, instead of comparing it with them; where a shell is relocatable, one \
      partial then serves all slots.
      """)
  var writeDigests = false

  @OptionGroup var output: OutputOption

  func run() async throws {
    let clock = ContinuousClock()
    let start = clock.now
    let build = try ImageBuild(
      images: ManifestFolder(path: manifests).read(Image.self),
      boards: ManifestFolder(path: boards).read(BoardDescriptor.self).map(\.value), store: ImageStore(path: folder),
      changingManifests: writeDigests)
    let outcome = try await build.run()
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
  /// Images that were signed and pushed, and those that they replaced.
  let pushed: Int
  let replaced: Int
  /// Manifests whose digests were written anew.
  let changedManifests: [String]
  /// The key that signs, and the publishers for which it is trusted from now on, if it was made.
  let key: String
  let newlyTrustedFor: [String]
  let folder: String
  let seconds: Double

  init(_ outcome: ImageBuild.Outcome, folder: String, seconds: Double) {
    images = outcome.images
    built = outcome.built
    kept = outcome.kept
    byteCount = outcome.byteCount
    pushed = outcome.pushed
    replaced = outcome.replaced
    changedManifests = outcome.changedManifests
    key = outcome.key.text
    newlyTrustedFor = outcome.newlyTrustedFor.map(\.text)
    self.folder = folder
    self.seconds = (seconds * 1_000).rounded() / 1_000
  }

  var table: Table {
    var table = Table("IMAGES", "BUILT", "KEPT", "BYTES", "PUSHED", "SECONDS", "STORE")
    table.add("\(images)", "\(built)", "\(kept)", "\(byteCount)", "\(pushed)", Seconds.text(seconds), folder)
    table.notes = changedManifests.map { "digests written: \($0)" }
    if !newlyTrustedFor.isEmpty {
      table.notes.append(
        "made a key for this store, which trusts it for the publishers \(newlyTrustedFor.joined(separator: ", ")): \(key)"
      )
    }
    return table
  }
}
