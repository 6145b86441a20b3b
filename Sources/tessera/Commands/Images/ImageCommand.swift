internal import ArgumentParser

/// `tessera image`.
struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "Make, look at, sign and keep the images that boards are configured with.",
    discussion: """
      Boards load images from a store, and only those that a trusted key signed. 'build' does it all for the emulated \
      boards; for others keys are made, trusted and used by hand. For example:

        tessera image build
        tessera image keygen lab.key
        tessera image trust tessera-ed25519:... --publisher lab
        tessera image sign dct.json --key lab.key
        tessera image push dct.json
        tessera image inspect slot0.bit
      """,
    subcommands: [
      ImageBuildCommand.self, ImageListCommand.self, ImageResolveCommand.self, ImagePushCommand.self,
      ImageRemoveCommand.self, ImageSignCommand.self, ImageKeygenCommand.self, ImageTrustCommand.self,
      ImageUntrustCommand.self, ImageKeysCommand.self, ImageInspectCommand.self, ImageCompressCommand.self,
    ])
}
