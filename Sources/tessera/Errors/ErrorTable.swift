internal import Fabric

/// Documentation/errors.md, made from the errors themselves.
enum ErrorTable {
  static var markdown: String {
    """
    # Errors and exit codes

    Made by `tessera errors > Documentation/errors.md`; a test compares the two.

    A command that fails prints `tessera: CODE: what happened` and `hint: what to do` to standard error and ends with the
    exit code of the error's kind. Codes are stable: scripts may rely on them, and never on the sentences.

    ## Exit codes

    | exit code | meaning |
    |---|---|
    | 0 | done; for `watch`: the job completed |
    \(ExitStatus.allCases.map { "| \($0.rawValue) | \($0.meaning) |" }.joined(separator: "\n"))

    From 64 on they are those of sysexits.h. A daemon that SIGTERM or SIGINT ends in order exits with 0.

    ## Error codes

    Errors of the command line's own syntax have no code: they print the command's usage and exit with 64. What no code
    names is `internal`, exit code 70: a defect, please report it.

    \(ErrorCatalogue.rooms.map(section).joined(separator: "\n\n"))

    """
  }

  private static func section(_ room: ErrorCatalogue.Room) -> String {
    let rows = room.errors.map { "| `\($0.code)` | \(ExitStatus(of: $0.code).rawValue) | \($0.hint) |" }
    return "### \(room.title)\n\n| code | exit code | hint |\n|---|---|---|\n" + rows.joined(separator: "\n")
  }
}
