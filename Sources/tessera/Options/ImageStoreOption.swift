internal import ArgumentParser
internal import Store

/// The flag of every command that reads or changes an image store.
struct ImageStoreOption: ParsableArguments {
  @Option(name: .customLong("images"), help: ArgumentHelp("The image store.", valueName: "directory"))
  var path = Places.images

  var store: ImageStore { ImageStore(path: path) }
}
