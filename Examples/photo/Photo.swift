import ArgumentParser
import Glibc

/// The program around the accelerator: cuts a picture into items and joins what comes back.
@main struct Photo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "photo",
    abstract: "Cut a picture into tiles for a job, and join the job's results.",
    discussion: """
      Examples:
        photo cut portrait.png --to tiles
        photo join results --tiles tiles/tiles.json --original portrait.png --to joined.png
      """,
    subcommands: [Cut.self, Join.self])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as PhotoError {
      // ArgumentParser would print it too, but always exit with 1.
      writeToStandardError("Error: \(error)\n")
      Glibc.exit(error.code.exitCode)
    } catch {
      exit(withError: error)
    }
  }
}

/// Nothing can be done, nor told, where standard error itself is broken.
private func writeToStandardError(_ text: String) {
  let bytes = Array(text.utf8)
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
