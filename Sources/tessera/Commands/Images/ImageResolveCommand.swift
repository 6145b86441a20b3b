internal import ArgumentParser
internal import Fabric
internal import Reconfig
internal import SlotAllocator
internal import Store

/// `tessera image resolve`.
struct ImageResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Show which images a board would use.",
    discussion: """
      The agent decides by the same rules. With --explain every other image is shown too, with the reason why it is not \
      used. Ends with 69 if the board cannot run the kernel or the application. For example:

        tessera image resolve Applications/image-compression.json --explain \\
          --board bitstreams/boards/softfpga-big-little.json
        tessera image resolve tessera/dct@1 --board bitstreams/boards/softfpga-only-little.json
      """)

  @Argument(help: ArgumentHelp("A kernel, or an application's manifest.", valueName: "kernel-or-file"))
  var subject: String

  @Option(help: ArgumentHelp("The board's descriptor.", valueName: "file"))
  var board: String

  @Flag(help: "Show also the images that are not used, and why.")
  var explain = false

  @OptionGroup var variants: PreferredVariants
  @OptionGroup var images: ImageStoreOption
  @OptionGroup var output: OutputOption

  func run() async throws {
    let board = try BoardDescriptor(file: board)
    let subject = try Subject(subject)
    let contents = try images.store.contents()
    let resolver = ImageResolver(board: board, trusted: contents.trusted, preferredVariants: variants.prefer)
    let resolution = resolver.resolve(contents.images)
    try ResolveReport(
      resolution, of: subject.functions, on: board, damaged: contents.damaged, explaining: explain
    ).print(as: output.format)
    guard subject.canRun(with: resolution.images) else {
      throw CommandError.cannotRun(self.subject, model: board.model, shell: board.shell)
    }
  }
}

/// The flag of the commands that choose among images.
struct PreferredVariants: ParsableArguments {
  @Option(help: "A variant of images to prefer; given again, the earlier comes first.")
  var prefer: [VariantName] = []
}

extension ImageResolveCommand {
  /// What images are asked for.
  private enum Subject {
    case kernel(KernelName)
    case application(Application)

    init(_ text: String) throws {
      self = try KernelName(text).map(Subject.kernel) ?? .application(Application(file: text))
    }

    /// What there could be images of, tasks before bundles, each once.
    var functions: [ImageFunction] {
      switch self {
      case .kernel(let kernel): [.kernel(kernel)]
      case .application(let application): application.functions
      }
    }

    /// Whether a board that offers these images can run it, as its agent and the broker would decide.
    func canRun(with images: [Image]) -> Bool {
      switch self {
      case .kernel(let kernel): images.contains { $0.function == .kernel(kernel) }
      case .application(let application):
        StagePlanner.stages(for: application, images: images, progress: Progress(of: application, finished: 0)) != nil
      }
    }
  }
}

extension Application {
  fileprivate var functions: [ImageFunction] {
    var seen: Set<ImageFunction> = []
    let bundles = bundles.flatMap { bundle in
      let kernels = bundle.tasks.compactMap { name in tasks.first { $0.name == name }?.kernel }
      return BundleMode.allCases.filter { bundle.microsecondsPerLaunch[$0] != nil }.map {
        ImageFunction.bundle($0, kernels)
      }
    }
    return (tasks.map { .kernel($0.kernel) } + bundles).filter { seen.insert($0).inserted }
  }
}
