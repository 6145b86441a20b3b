internal import Glibc

/// What a run has cost this machine, for people: never part of a result.
struct RunCost {
  private let begin = ContinuousClock.now

  /// The time since this value was made, and the most memory that the process has had.
  func text(itemEvents: Int) -> String {
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    let rate = Int(Double(itemEvents) / max(seconds, 1e-9))
    return "\(Seconds.text(seconds)) s, \(rate) item events a second, \(peakMebibytes) MiB at most"
  }

  /// getrusage(2) counts kibibytes.
  private var peakMebibytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }
}
