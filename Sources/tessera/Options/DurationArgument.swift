internal import ArgumentParser

/// A duration such as `500ms`, `4s` or `2m`.
struct DurationArgument: ExpressibleByArgument {
  let duration: Duration

  init(_ duration: Duration) { self.duration = duration }

  init?(argument: String) {
    let digits = argument.prefix { "0123456789".contains($0) }
    // Nine digits of any unit are far from overflow.
    guard digits.count <= 9, let count = Int(digits), count > 0 else { return nil }
    switch argument.dropFirst(digits.count) {
    case "ms": duration = .milliseconds(count)
    case "s": duration = .seconds(count)
    case "m": duration = .seconds(60 * count)
    default: return nil
    }
  }

  var defaultValueDescription: String {
    let milliseconds = duration / .milliseconds(1)
    return milliseconds < 1_000 ? "\(Int(milliseconds))ms" : "\(Int(milliseconds / 1_000))s"
  }
}
