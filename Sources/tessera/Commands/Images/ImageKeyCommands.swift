internal import ArgumentParser
internal import Digests
internal import Fabric
internal import Reconfig
internal import Store

/// `tessera image keygen`.
struct ImageKeygenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make a publisher's key.",
    discussion: """
      The secret half goes into a new file that only its owner can read; the public half, which operators trust, is \
      printed. For example:

        tessera image keygen lab.key
      """)

  @Argument(help: ArgumentHelp("The file for the secret half.", valueName: "file"))
  var file: String

  @OptionGroup var output: OutputOption

  func run() async throws {
    let key = SigningKey()
    try KeyFile.write(key, to: file)
    try KeyReport(key: key.publicKey.text, file: file).print(as: output.format)
  }
}

/// `tessera image sign`.
struct ImageSignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign images.",
    discussion: """
      The signature of X.json goes into X.sig beside it. It covers the manifest, which lists the SHA-256 of each \
      partial. For example:

        tessera image sign dct.json --key lab.key
      """)

  @Argument(help: ArgumentHelp("Image manifests.", valueName: "manifest"))
  var manifests: [String]

  @Option(help: ArgumentHelp("The file of the secret key.", valueName: "file"))
  var key: String

  @OptionGroup var output: OutputOption

  func run() async throws {
    let key = try KeyFile.read(key)
    var signed: [SignReport.Signed] = []
    for path in manifests {
      let image = try Image(file: path)
      let file = Places.signature(besideManifest: path)
      try OutputFile.write(ImageSignature(of: image, by: key).manifest, to: file)
      signed.append(SignReport.Signed(image: image.id.description, file: file))
    }
    try SignReport(key: key.publicKey.text, signatures: signed).print(as: output.format)
  }
}

/// `tessera image trust`.
struct ImageTrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Trust a publisher's key.",
    discussion: """
      The key then signs for images whose kernels are all of these publishers, PUBLISHER/NAME@VERSION, and for no \
      others. What was said of the key before is replaced. For example:

        tessera image trust tessera-ed25519:... --publisher lab --slot-kind little
      """)

  @Argument(help: "The public half of the key, as 'keygen' printed it.")
  var key: PublicKey

  @Option(help: "A publisher that the key signs for; may be given again.")
  var publisher: [PublisherName]

  @Option(help: "A kind of slot that the key signs for; may be given again. Both if not given.")
  var slotKind: [SlotKind] = []

  @OptionGroup var images: ImageStoreOption
  @OptionGroup var output: OutputOption

  func run() async throws {
    let trusted = try TrustedKey(key, for: publisher, in: slotKind.isEmpty ? SlotKind.allCases : slotKind)
    try ImageStoreWriter(making: images.store).trust(trusted)
    try TrustedKeysReport([trusted]).print(as: output.format)
  }
}

/// `tessera image untrust`.
struct ImageUntrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "untrust",
    abstract: "Trust a publisher's key no more.",
    discussion: """
      Its images stay in the store, and agents that start from now on refuse them. For example:

        tessera image untrust tessera-ed25519:...
      """)

  @Argument(help: "The public half of the key.")
  var key: PublicKey

  @OptionGroup var images: ImageStoreOption
  @OptionGroup var output: OutputOption

  func run() async throws {
    try ImageStoreWriter(images.store).untrust(key)
    try TrustedKeysReport(images.store.contents().trusted.keys).print(as: output.format)
  }
}

/// `tessera image keys`.
struct ImageKeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "List the keys that a store trusts.",
    discussion: """
      For example:

        tessera image keys
      """)

  @OptionGroup var images: ImageStoreOption
  @OptionGroup var output: OutputOption

  func run() async throws {
    try TrustedKeysReport(images.store.contents().trusted.keys).print(as: output.format)
  }
}
