internal import ArgumentParser
internal import Fabric
internal import Reconfig
internal import Store

/// `tessera image push`.
struct ImagePushCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push",
    abstract: "Put signed images into a store.",
    discussion: """
      Beside the manifest X.json stand its signature X.sig and its partials, each in a file SHA256.bit. Each image comes \
      in whole or not at all, and replaces the one of the same function, model, shell, slot kind and variant. For example:

        tessera image push dct.json --board bitstreams/boards/softfpga-big-little.json
      """)

  @Argument(help: ArgumentHelp("Image manifests.", valueName: "manifest"))
  var manifests: [String]

  @Option(
    help: ArgumentHelp(
      "A board's descriptor: images must be for it, and each partial must write just its slot's frames.",
      valueName: "file"))
  var board: String?

  @Option(help: ArgumentHelp("The folder of partials; the manifest's if not given.", valueName: "directory"))
  var partials: String?

  @OptionGroup var images: ImageStoreOption
  @OptionGroup var output: OutputOption

  func run() async throws {
    let board = try board.map { try BoardDescriptor(file: $0) }
    let pushes = try manifests.map { path in
      let image = try Image(file: path)
      return (image, try signature(of: image, path), ImageDirectory(path: partials ?? Places.folder(of: path)))
    }
    let writer = try ImageStoreWriter(making: images.store)
    var contents = try images.store.contents()
    var pushed: [PushReport.Pushed] = []
    for (image, signature, source) in pushes {
      let replaced = try writer.push(image, signature: signature, from: source, for: board, into: &contents)
      pushed.append(
        PushReport.Pushed(name: image.name, image: image.id.description, replaced: replaced.map(\.description)))
    }
    try writer.collect()
    try PushReport(images: pushed).print(as: output.format)
  }

  private func signature(of image: Image, _ path: String) throws -> ImageSignature {
    do { return try ImageSignature(file: Places.signature(besideManifest: path)) } catch CommandError.missingFile {
      throw ImageRefusal.unsigned(image.id).inFile(path)
    }
  }
}

/// `tessera image rm`.
struct ImageRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Take images out of a store.",
    discussion: """
      An agent that offers such an image goes on with it until it starts again. Partials that no other image needs go \
      too, but as long as an agent uses the store they stay, and the next change without one takes them away. For example:

        tessera image rm 0f3a9c21
      """)

  @Argument(help: ArgumentHelp("Ids of images, or first digits that no other id has.", valueName: "image"))
  var ids: [String]

  @OptionGroup var images: ImageStoreOption
  @OptionGroup var output: OutputOption

  func run() async throws {
    let writer = try ImageStoreWriter(images.store)
    let removed = Set(try ids.map { try images.store.imageID(beginningWith: $0) }).sorted()
    for image in removed { try writer.remove(image) }
    try writer.collect()
    try RemoveReport(removed: removed.map(\.description)).print(as: output.format)
  }
}

/// `tessera image list`.
struct ImageListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the images of a store.",
    discussion: """
      An image is 'ready' when a trusted key signed it and its partials are there; else the reason is named. What a \
      board makes of it, 'resolve' tells. For example:

        tessera image list
      """)

  @OptionGroup var images: ImageStoreOption
  @OptionGroup var output: OutputOption

  func run() async throws { try ImageListReport(images.store.contents()).print(as: output.format) }
}
